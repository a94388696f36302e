import type { RecordingFilter } from '@shared/model/recording';
import type { Numbers } from './block-walk';
import {
  all,
  type Condition,
  conditionsOf,
  type Looked,
  tagCondition,
  withinTime,
} from './conditions';
import { join, sql, type Sql } from './sql';

/** Rows of which those that a filter finds are some: what SQLite walks, and by which index. */
export interface Source {
  readonly name: string;
  /** Names each of them `r`. */
  readonly from: Sql;
  /** What makes them these, where the filter's own conditions do not. */
  readonly where: readonly Sql[];
  /** The condition of the filter that all of them meet. */
  readonly meets: string | null;
  /** In order of (time, id), so that a page need not read them all. */
  readonly ordered: boolean;
  /** One row for each, without reading recordings. */
  readonly sample: Sql;
  /** Of those in order: what makes a row one of them. */
  readonly within: Sql | null;
  /** Of those that are looked up by the number of a recording: the same for some numbers only. */
  readonly part: ((numbers: Numbers) => Part) | null;
}

type Part = Pick<Source, 'from' | 'where'>;

/** How much is much. */
export interface Limits {
  /** So many are read and sorted for each page. */
  readonly handful: number;
  /** So many are few enough to look at no others. */
  readonly few: number;
  /** So many are gathered and sorted where no walk in order of time finds them soon. */
  readonly many: number;
  /** So many recordings are walked past in the hope for a full page. */
  readonly hope: number;
}

export const LIMITS: Limits = { handful: 300, few: 10_000, many: 250_000, hope: 20_000 };

/**
 * Which rows to walk. Those that are known to be few are read whole. Where there are many of every kind, the ones with
 * an index in order of time, until a page is full: those of a state that is asked for before all of them, since states
 * come in long stretches (what is not uploaded is the newest) and a walk would begin at the wrong end.
 * @param sampled how many there are, `few + 1` at most
 */
export function chooseSource(
  sampled: readonly { readonly source: Source; readonly rows: number }[],
  inOrder: Source,
  few: number,
): Source {
  const [fewest] = [...sampled].sort((a, b) => a.rows - b.rows);
  if (fewest !== undefined && fewest.rows <= few) return fewest.source;
  return sampled.find(({ source }) => source.ordered && source !== inOrder)?.source ?? inOrder;
}

/**
 * Which rows to walk for one page. Where nothing is few, those that are looked up by number come before walks in order of
 * time: only they are found without looking at all the others between them. Words first, which are dear to ask of each row.
 */
export function choosePageSource(
  sampled: readonly { readonly source: Source; readonly rows: number }[],
  inOrder: Source,
  few: number,
): Source {
  const chosen = chooseSource(sampled, inOrder, few);
  if (sampled.some(({ rows }) => rows <= few)) return chosen;
  const byNumber = sampled.map(({ source }) => source).filter(({ part }) => part !== null);
  return byNumber.find(({ meets }) => meets === 'text') ?? byNumber[0] ?? chosen;
}

/** The walk in order of time that every filter can do with. */
export function walkInOrder(filter: RecordingFilter): Source {
  if (filter.bin === true) return walk('bin', sql('r.deleted_at_ms is not null'), filter);
  if (filter.device === undefined) return walk('time', sql('true'), filter);
  return walk('device_time', sql('r.device = ?', filter.device), filter);
}

/** Every other way to a filter's recordings. */
export function sourcesOf({ filter, tagIds, match }: Looked): Source[] {
  const { minDurationS, maxDurationS, label } = filter;
  const sources: Source[] = [];
  const one = isKnownByPlace(filter)
    ? 'recordings r indexed by ix_recordings_place'
    : 'recordings r';
  const state = (asked: boolean, index: string, condition: string): void => {
    if (asked) sources.push(walk(index, sql(condition), filter));
  };
  state(filter.damaged === true, 'damaged', "r.integrity <> 'ok'");
  state(filter.protected === true, 'protected', 'r.protected = 1');
  state(filter.recovered === true, 'recovered', 'r.recovered = 1');
  state(filter.clockUnsynced === true, 'clock_unsynced', 'r.clock_unsynced = 1');
  state(filter.source === 'import', 'imported', "r.source = 'import'");
  state(filter.localDeleted === true, 'absent', 'r.local_deleted = 1');
  state(filter.localDeleted === false, 'analysis_pending', 'r.local_deleted = 0');
  state(filter.uploaded === true, 'uploaded', 'r.uploaded = 1');
  state(filter.uploaded === false, 'uploaded', 'r.uploaded = 0');
  if (minDurationS !== undefined || maxDurationS !== undefined) {
    const within = [
      ...(minDurationS === undefined ? [] : [sql('r.duration_s >= ?', minDurationS)]),
      ...(maxDurationS === undefined ? [] : [sql('r.duration_s <= ?', maxDurationS)]),
    ];
    sources.push({
      name: 'duration',
      from: indexed('ix_recordings_duration'),
      where: [],
      meets: null,
      ordered: false,
      within: null,
      part: null,
      sample: sampleOf('ix_recordings_duration', within),
    });
  }
  for (const id of tagIds) {
    const tagged = 'recording_tags k indexed by ix_recording_tags_tag';
    sources.push(
      byNumber({
        name: 'tag',
        meets: tagCondition(id),
        sample: sql(`select 1 from ${tagged} where k.tag_id = ?`, id),
        part: (numbers) => ({
          from: sql(`${tagged} cross join ${one} on r.id = k.recording_id`),
          where: [sql('k.tag_id = ?', id), ...among('k.recording_id', numbers)],
        }),
      }),
    );
  }
  if (label !== undefined) {
    // An index alone gives each recording once, in order of the index.
    const labelled = (numbers: Numbers | null): Sql =>
      join(
        [
          sql(
            'select distinct recording_id as id from detections indexed by ix_detections_label where',
          ),
          all([sql('label = ?', label), ...among('recording_id', numbers)]),
        ],
        ' ',
      );
    sources.push(
      byNumber({
        name: 'label',
        meets: 'label',
        sample: labelled(null),
        part: (numbers) => inner(labelled(numbers), one),
      }),
    );
  }
  if (match !== null) {
    const found = (numbers: Numbers | null): Sql =>
      join(
        [
          sql('select rowid as id from recordings_fts where'),
          all([sql('recordings_fts match ?', match), ...among('rowid', numbers)]),
        ],
        ' ',
      );
    sources.push(
      byNumber({
        name: 'text',
        meets: 'text',
        sample: found(null),
        part: (numbers) => inner(found(numbers), one),
      }),
    );
  }
  return sources;
}

/** What remains to be asked of each row of a source, beside what makes it one. */
export function conditionsIn(source: Source, looked: Looked): Sql {
  const remaining: Condition[] = conditionsOf(looked).filter(({ of }) => of !== source.meets);
  return all(remaining);
}

/** Does a walk in order of time find nothing on its way that the filter does not want? */
export function isPlain(filter: RecordingFilter): boolean {
  return Object.entries(filter).every(
    ([key, value]) =>
      value === undefined ||
      key === 'from' ||
      key === 'to' ||
      (key === 'device' && filter.bin !== true) ||
      key === 'bin',
  );
}

function byNumber({
  part,
  ...named
}: Pick<Source, 'name' | 'meets' | 'sample'> & {
  readonly part: (numbers: Numbers | null) => Part;
}): Source {
  return { ...named, ...part(null), ordered: false, within: null, part };
}

/** @param numbers a query of recordings' numbers, as `id` */
function inner({ text, bound }: Sql, one: string): Part {
  return { from: sql(`(${text}) k cross join ${one} on r.id = k.id`, ...bound), where: [] };
}

/** Is the time, and whether it lies in the bin, all that must be known of a recording? Else it is read at once. */
function isKnownByPlace(filter: RecordingFilter): boolean {
  return Object.entries(filter).every(
    ([key, value]) => value === undefined || KNOWN_BY_PLACE.includes(key),
  );
}

const KNOWN_BY_PLACE: readonly string[] = ['from', 'to', 'bin', 'tags', 'label', 'text'];

/** Neither `between`, which SQLite takes for no part of the index here, nor as bound: full text knows whole numbers only. */
function among(id: string, numbers: Numbers | null): Sql[] {
  if (numbers === null) return [];
  const { first, last } = numbers;
  return [sql(`${id} >= cast(? as integer)`, first), sql(`${id} <= cast(? as integer)`, last)];
}

function walk(index: string, condition: Sql, filter: RecordingFilter): Source {
  const within = all([condition, ...withinTime(filter)]);
  return {
    name: index,
    from: indexed(`ix_recordings_${index}`),
    where: [],
    meets: null,
    ordered: true,
    part: null,
    sample: sampleOf(`ix_recordings_${index}`, [within]),
    within,
  };
}

function indexed(index: string): Sql {
  return sql(`recordings r indexed by ${index}`);
}

function sampleOf(index: string, conditions: readonly Sql[]): Sql {
  return join([sql(`select 1 from recordings r indexed by ${index} where`), all(conditions)], ' ');
}
