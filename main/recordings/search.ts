import type Sqlite from 'better-sqlite3';
import type { Recording, RecordingDay, RecordingFilter, Selection } from '@shared/model/recording';
import { toInstant } from '@shared/model/instant';
import { type Numbers, type Order, type Span, walkBlocks } from './block-walk';
import { all, type Looked } from './conditions';
import { cursorAfter, type Place, placeOf } from './cursor';
import { type DayBounds, dayBounds } from './day-bounds';
import { fullTextQuery } from './full-text';
import { RECORDING_COLUMNS, type RecordingRow, toRecording } from './recording-row';
import {
  choosePageSource,
  chooseSource,
  conditionsIn,
  isPlain,
  LIMITS,
  type Limits,
  type Source,
  sourcesOf,
  walkInOrder,
} from './search-plan';
import { join, sql, type Sql } from './sql';

export interface PageRequest extends RecordingFilter {
  readonly order: Order;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface RecordingPage {
  readonly items: Recording[];
  readonly nextCursor: string | null;
}

/** Calendar days of a time zone, both ends included. */
export interface Days {
  readonly timezone: string;
  readonly from: string;
  readonly to: string;
}

/** What would be gone for good. */
export interface PurgePlan {
  readonly recordings: number;
  readonly files: number;
  readonly bytes: number;
  readonly notUploaded: number;
  readonly from: string | null;
  readonly to: string | null;
}

export interface TagUse {
  readonly name: string;
  readonly recordings: number;
}

const QUARTER_MS = 900_000;
const QUARTER = `r.time_ms - ((r.time_ms % ${String(QUARTER_MS)}) + ${String(QUARTER_MS)}) % ${String(QUARTER_MS)}`;
const EVER = 8.64e15;

/**
 * Finds recordings. Order is (time, id), both ways; pages by keyset, so the last is as fast as the first. What only
 * walks an index may be asked on the main loop, everything else belongs in a thread of its own.
 */
export class RecordingSearch {
  readonly #sqlite: Sqlite.Database;
  readonly #limits: Limits;

  constructor(sqlite: Sqlite.Database, limits = LIMITS) {
    this.#sqlite = sqlite;
    this.#limits = limits;
  }

  /** @throws CursorError */
  page(request: PageRequest): RecordingPage {
    const { order, limit, cursor, ...filter } = request;
    const after = cursor === undefined ? null : placeOf(cursor);
    const found = this.#places(filter, order, after, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      items: this.byIds(page.map(({ id }) => id)),
      nextCursor: found.length > limit && last !== undefined ? cursorAfter(last) : null,
    };
  }

  #places(filter: RecordingFilter, order: Order, after: Place | null, limit: number): Place[] {
    const way = this.#wayTo(filter, this.#limits.few, choosePageSource);
    if (way === null) return [];
    const rest = beyond(order, after);
    if (way.source.part !== null && way.rows > this.#limits.handful) {
      return this.#walkBlocks(way, { order, span: spanOf(filter, order, after), rest, limit });
    }
    const horizonMs = way.isHope ? this.#horizon(way.source, order, rest) : null;
    if (horizonMs === null) return this.#walk(way, order, rest, limit);
    // What there is much of is found soon in order of time, unless it all lies together somewhere else: a year of short
    // recordings. So the walk is short at first.
    const near = [...rest, sql(`r.time_ms ${order === 'newest_first' ? '>=' : '<='} ?`, horizonMs)];
    const hoped = this.#walk(way, order, near, limit);
    if (hoped.length === limit) return hoped;
    return this.#walk(this.#wayTo(filter, this.#limits.many) ?? way, order, rest, limit);
  }

  #walkBlocks(way: Way, { order, span, rest, limit }: Walk): Place[] {
    // Of one moment: a block that grows meanwhile must not slip from those that come to those that were.
    const walk = this.#sqlite.transaction(
      () =>
        walkBlocks(this.#sqlite, {
          order,
          span,
          limit,
          rows: way.rows > this.#limits.few ? null : way.rows,
          find: (numbers) => this.#walk(way, order, rest, limit, numbers),
        }) ?? this.#walk(way, order, rest, limit),
    );
    return walk();
  }

  #walk(
    { source, remaining }: Way,
    order: Order,
    further: readonly Sql[],
    limit: number,
    numbers?: Numbers,
  ): Place[] {
    const { from, where } = (numbers === undefined ? null : source.part?.(numbers)) ?? source;
    const direction = order === 'newest_first' ? 'desc' : 'asc';
    return this.#all<Place>(
      join(
        [
          sql('select r.id as id, r.time_ms as timeMs from'),
          from,
          sql('where'),
          all([...where, remaining, ...further]),
          sql(`order by r.time_ms ${direction}, r.id ${direction} limit ?`, limit),
        ],
        ' ',
      ),
    );
  }

  /** How far a walk past so many recordings as there is hope for leads; null: there are not so many. */
  #horizon(source: Source, order: Order, rest: readonly Sql[]): number | null {
    const direction = order === 'newest_first' ? 'desc' : 'asc';
    const query = [
      sql('select r.time_ms as timeMs from'),
      source.from,
      sql('where'),
      all([...(source.within === null ? [] : [source.within]), ...rest]),
      sql(`order by r.time_ms ${direction}, r.id ${direction} limit 1 offset ?`, this.#limits.hope),
    ];
    return this.#all<{ timeMs: number }>(join(query, ' '))[0]?.timeMs ?? null;
  }

  /** In the order asked for; what is not there is left out. */
  byIds(ids: readonly number[]): Recording[] {
    return this.#all<RecordingRow>(
      sql(
        `select ${RECORDING_COLUMNS} from json_each(?) i cross join recordings r on r.id = i.value order by i.key`,
        JSON.stringify(ids),
      ),
    ).map(toRecording);
  }

  count(filter: RecordingFilter): number {
    if (isPlain(filter) && filter.bin !== true) return this.#countPlain(filter);
    const way = this.#wayTo(filter);
    if (way === null) return 0;
    const query = [sql('select count(*) as n from'), way.source.from, sql('where'), way.conditions];
    return this.#all<{ n: number }>(join(query, ' '))[0]?.n ?? 0;
  }

  /** Days without anything are left out. Times are those of the zone, and a quarter of an hour is not divided. */
  days(filter: RecordingFilter, { timezone, from, to }: Days): RecordingDay[] {
    const bounds = dayBounds(timezone, from, to);
    const [first, last] = [bounds.at(0), bounds.at(-1)];
    if (first === undefined || last === undefined) return [];
    const span: RecordingFilter = {
      ...filter,
      from: toInstant(first.fromMs),
      to: toInstant(last.toMs),
    };
    return intoDays(
      bounds,
      isPlain(span) && span.bin !== true ? this.#quarters(span) : this.#quartersOfFound(span),
    );
  }

  /** Numbers of all recordings of a selection, whatever its size. */
  ids(selection: Selection): number[] {
    if ('ids' in selection) return [...new Set(selection.ids)];
    const way = this.#wayTo(selection.filter);
    if (way === null) return [];
    const query = [sql('select r.id as id from'), way.source.from, sql('where'), way.conditions];
    const { text, bound } = join(query, ' ');
    return this.#sqlite
      .prepare<unknown[], number>(text)
      .pluck()
      .all(...bound);
  }

  /** What of a selection lies in the bin and is not protected. */
  purgePlan(selection: Selection): PurgePlan {
    const rows = this.#selected(selection);
    const found = this.#all<{
      recordings: number;
      files: number | null;
      bytes: number | null;
      notUploaded: number | null;
      fromMs: number | null;
      toMs: number | null;
    }>(
      join(
        [
          sql(`select count(*) as recordings,
            sum(case when r.local_deleted = 1 then 0 else (r.raw_path is not null) + (r.processed_path is not null) end) as files,
            sum(case when r.local_deleted = 1 then 0 else
              coalesce(r.raw_size_bytes, 0) + coalesce(r.processed_size_bytes, 0) end) as bytes,
            sum(r.uploaded = 0) as notUploaded, min(r.time_ms) as fromMs, max(r.time_ms) as toMs from`),
          rows,
          sql('and r.deleted_at_ms is not null and r.protected = 0'),
        ],
        ' ',
      ),
    )[0];
    return {
      recordings: found?.recordings ?? 0,
      files: found?.files ?? 0,
      bytes: found?.bytes ?? 0,
      notUploaded: found?.notUploaded ?? 0,
      from: instantOrNull(found?.fromMs),
      to: instantOrNull(found?.toMs),
    };
  }

  /** Numbers of what of a selection lies in the bin and is not protected, the oldest number first. */
  purgeable(selection: Selection): number[] {
    const { text, bound } = join(
      [
        sql('select r.id as id from'),
        this.#selected(selection),
        sql('and r.deleted_at_ms is not null and r.protected = 0 order by r.id'),
      ],
      ' ',
    );
    return this.#sqlite
      .prepare<unknown[], number>(text)
      .pluck()
      .all(...bound);
  }

  /** Every tag that is in use outside the bin, by name. */
  tags(): TagUse[] {
    return this.#all<TagUse>(
      sql(`select t.name as name, all_of.n - coalesce(binned.n, 0) as recordings
        from (select tag_id, count(*) as n from recording_tags group by tag_id) all_of
        join tags t on t.id = all_of.tag_id
        left join (select k.tag_id as tag_id, count(*) as n
          from recordings r indexed by ix_recordings_bin join recording_tags k on k.recording_id = r.id
          where r.deleted_at_ms is not null group by k.tag_id) binned on binned.tag_id = t.id
        where all_of.n > coalesce(binned.n, 0) order by t.name`),
    );
  }

  /** Does the bin hold so much that a walk past it takes its time? */
  isBinFull(): boolean {
    const few = 1000;
    return this.#sampled(walkInOrder({ bin: true }).sample, few) > few;
  }

  /** A selection's rows as `r`, ready for further conditions. */
  #selected(selection: Selection): Sql {
    if ('ids' in selection) {
      return sql(
        'recordings r where r.id in (select value from json_each(?))',
        JSON.stringify(selection.ids),
      );
    }
    const way = this.#wayTo(selection.filter);
    if (way === null) return sql('recordings r where false');
    return join([way.source.from, sql('where'), way.conditions], ' ');
  }

  /** null: nothing can be found, for a tag that nobody uses or words that are none. */
  #wayTo(
    filter: RecordingFilter,
    few = this.#limits.few,
    choose: typeof chooseSource = chooseSource,
  ): Way | null {
    const looked = this.#look(filter);
    if (looked === null) return null;
    const inOrder = walkInOrder(filter);
    if (isPlain(filter)) {
      return { ...wayThrough(inOrder, looked), rows: few + 1, isHope: false };
    }
    const sources = [inOrder, ...sourcesOf(looked)];
    const sampled = sources.map((one) => ({
      source: one,
      // All there ever was need not be counted to know that it is much.
      rows: one.name === 'time' && isEver(filter) ? few + 1 : this.#sampled(one.sample, few),
    }));
    const source = choose(sampled, inOrder, few);
    const isMuch = sampled.every(({ rows }) => rows > few);
    return {
      ...wayThrough(source, looked),
      rows: sampled.find((one) => one.source === source)?.rows ?? few + 1,
      isHope: isMuch && sources.some(({ ordered }) => !ordered),
    };
  }

  #look(filter: RecordingFilter): Looked | null {
    const match = filter.text === undefined ? null : fullTextQuery(filter.text);
    if (filter.text !== undefined && match === null) return null;
    const names = [...new Set(filter.tags ?? [])];
    const tagIds = names.map(
      (name) => this.#all<{ id: number }>(sql('select id from tags where name = ?', name))[0]?.id,
    );
    const known = tagIds.filter((id) => id !== undefined);
    return known.length < names.length ? null : { filter, tagIds: known, match };
  }

  /** @returns `few + 1` where there are more */
  #sampled(sample: Sql, few: number): number {
    const query = sql(
      `select count(*) as n from (${sample.text} limit ?)`,
      ...sample.bound,
      few + 1,
    );
    return this.#all<{ n: number }>(query)[0]?.n ?? 0;
  }

  /** Whole quarters are counted already, and all of them together; at both ends are a few rows. */
  #countPlain({ device, from, to }: RecordingFilter): number {
    if (from === undefined && to === undefined) return this.#countEver(device);
    const [fromMs, toMs] = [spanEnd(from, -EVER), spanEnd(to, EVER)];
    const [wholeFrom, wholeTo] = [
      Math.ceil(fromMs / QUARTER_MS) * QUARTER_MS,
      Math.floor(toMs / QUARTER_MS) * QUARTER_MS,
    ];
    if (wholeFrom >= wholeTo) return this.#countRows(device, fromMs, toMs);
    const quarters = this.#all<{ n: number | null }>(
      join(
        [sql('select sum(recordings) as n from'), quartersWithin(device, wholeFrom, wholeTo)],
        ' ',
      ),
    )[0];
    return (
      (quarters?.n ?? 0) +
      this.#countRows(device, fromMs, wholeFrom) +
      this.#countRows(device, wholeTo, toMs)
    );
  }

  #countEver(device: string | undefined): number {
    const ofOne = device === undefined ? [] : [sql('where device = ?', device)];
    const query = [sql('select sum(recordings) as n from recording_totals'), ...ofOne];
    return this.#all<{ n: number | null }>(join(query, ' '))[0]?.n ?? 0;
  }

  #countRows(device: string | undefined, fromMs: number, toMs: number): number {
    if (fromMs >= toMs) return 0;
    const [index, own] =
      device === undefined
        ? ['ix_recordings_time', []]
        : ['ix_recordings_device_time', [sql('and r.device = ?', device)]];
    const query = [
      sql(
        `select count(*) as n from recordings r indexed by ${index} where r.deleted_at_ms is null`,
      ),
      ...own,
      sql('and r.time_ms >= ? and r.time_ms < ?', fromMs, toMs),
    ];
    return this.#all<{ n: number }>(join(query, ' '))[0]?.n ?? 0;
  }

  #quarters({ device, from, to }: RecordingFilter): Quarter[] {
    const within = quartersWithin(device, spanEnd(from, -EVER), spanEnd(to, EVER));
    return this.#all<Quarter>(
      join(
        [
          sql(
            'select quarter_ms as atMs, sum(recordings) as recordings, sum(duration_s) as durationS from',
          ),
          within,
          sql('group by quarter_ms order by quarter_ms'),
        ],
        ' ',
      ),
    );
  }

  #quartersOfFound(filter: RecordingFilter): Quarter[] {
    const way = this.#wayTo(filter);
    if (way === null) return [];
    return this.#all<Quarter>(
      join(
        [
          sql(
            `select ${QUARTER} as atMs, count(*) as recordings, sum(r.duration_s) as durationS from`,
          ),
          way.source.from,
          sql('where'),
          way.conditions,
          sql('group by 1 order by 1'),
        ],
        ' ',
      ),
    );
  }

  #all<Row>({ text, bound }: Sql): Row[] {
    return this.#sqlite.prepare<unknown[], Row>(text).all(...bound);
  }
}

interface Way {
  readonly source: Source;
  /** How many rows that is, as far as they were counted. */
  readonly rows: number;
  /** What each of its rows must be. */
  readonly conditions: Sql;
  /** Of that, what the source does not see to itself. */
  readonly remaining: Sql;
  /** There is much of everything, and some of it might be gathered where the walk does not find it. */
  readonly isHope: boolean;
}

interface Walk {
  readonly order: Order;
  readonly span: Span;
  /** What lies before the page. */
  readonly rest: readonly Sql[];
  readonly limit: number;
}

function wayThrough(
  source: Source,
  looked: Looked,
): Pick<Way, 'source' | 'conditions' | 'remaining'> {
  const remaining = conditionsIn(source, looked);
  return { source, remaining, conditions: all([...source.where, remaining]) };
}

/** The time in which a page lies that begins after a place. */
function spanOf({ from, to }: RecordingFilter, order: Order, after: Place | null): Span {
  const fromMs = from === undefined ? -EVER : Date.parse(from);
  const toMs = to === undefined ? EVER : Date.parse(to);
  const afterMs = after?.timeMs ?? (order === 'newest_first' ? EVER : -EVER);
  return order === 'newest_first'
    ? { fromMs, toMs: Math.min(toMs, afterMs) }
    : { fromMs: Math.max(fromMs, afterMs), toMs };
}

interface Quarter {
  readonly atMs: number;
  readonly recordings: number;
  readonly durationS: number;
}

function quartersWithin(device: string | undefined, fromMs: number, toMs: number): Sql {
  const within = sql('quarter_ms >= ? and quarter_ms < ?', fromMs, toMs);
  return device === undefined
    ? join([sql('recording_quarters where'), within], ' ')
    : join([sql('recording_quarters where device = ? and', device), within], ' ');
}

/** A row value comparison, which SQLite walks along the index from exactly there. */
function beyond(order: Order, after: Place | null): Sql[] {
  if (after === null) return [];
  const side = order === 'newest_first' ? '<' : '>';
  return [sql(`(r.time_ms, r.id) ${side} (?, ?)`, after.timeMs, after.id)];
}

/** @param quarters in order of time */
function intoDays(bounds: readonly DayBounds[], quarters: readonly Quarter[]): RecordingDay[] {
  const days = bounds.map(({ day, toMs }) => ({ day, toMs, recordings: 0, durationS: 0 }));
  let at = 0;
  for (const { atMs, recordings, durationS } of quarters) {
    let day = days[at];
    while (day !== undefined && atMs >= day.toMs) {
      at += 1;
      day = days[at];
    }
    if (day === undefined) break;
    day.recordings += recordings;
    day.durationS += durationS;
  }
  return days
    .filter(({ recordings }) => recordings > 0)
    .map(({ day, recordings, durationS }) => ({ day, recordings, durationS }));
}

function isEver({ from, to, device }: RecordingFilter): boolean {
  return from === undefined && to === undefined && device === undefined;
}

function spanEnd(instant: string | undefined, otherwiseMs: number): number {
  return instant === undefined ? otherwiseMs : Date.parse(instant);
}

function instantOrNull(utcMs: number | null | undefined): string | null {
  return utcMs === null || utcMs === undefined ? null : toInstant(utcMs);
}
