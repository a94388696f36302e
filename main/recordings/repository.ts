import { join } from 'node:path';
import { desc, eq } from 'drizzle-orm';
import type { Detection } from '@shared/model/analysis';
import type {
  Recording,
  RecordingDay,
  RecordingFilter,
  Selection,
  Stream,
} from '@shared/model/recording';
import type { Connection } from '../database/connection';
import { detectionsOf } from '../database/detections-of';
import { recordings } from '../database/schema';
import type { EventBus } from '../events/bus';
import { NotFoundError } from '../request-error';
import { placeOf } from './cursor';
import type { ReadThread } from './read-thread';
import {
  type Days,
  type PageRequest,
  type PurgePlan,
  type RecordingPage,
  RecordingSearch,
  type TagUse,
} from './search';
import { isPlain } from './search-plan';

export interface RepositoryOptions {
  readonly connection: Connection;
  readonly dataRoot: string;
  readonly bus: EventBus;
  /** For what may take its time. */
  readonly thread: ReadThread;
  /** IANA name of the station's zone, which its days are those of. */
  readonly timezone: () => string;
}

/** As many rows are read on the main loop without holding it up. */
const SHORT_PAGE = 200;
const SHORT_CALENDAR_DAYS = 62;
const DAY_MS = 86_400_000;

/** Reads recordings: at once where an index answers, in a thread where millions of rows may have to be looked at. */
export class RecordingsRepository {
  readonly #connection: Connection;
  readonly #dataRoot: string;
  readonly #thread: ReadThread;
  readonly #timezone: () => string;
  readonly #search: RecordingSearch;
  /** What is not in the bin; counted once, kept up by the indexer's events and counted anew when much may be otherwise. */
  #total: number;
  #isTotalKnown = true;

  constructor(options: RepositoryOptions) {
    this.#connection = options.connection;
    this.#dataRoot = options.dataRoot;
    this.#thread = options.thread;
    this.#timezone = options.timezone;
    this.#search = new RecordingSearch(options.connection.sqlite);
    this.#total = this.#search.count({});
    // Told before the others: they ask for the total.
    options.bus.prependListener('recording.indexed', () => {
      this.#total += 1;
    });
    options.bus.prependListener('recordings.changed', () => {
      this.#isTotalKnown = false;
    });
  }

  /** Everything but the bin, without asking the database: the status asks every second. */
  get total(): number {
    if (this.#isTotalKnown) return this.#total;
    try {
      this.#total = this.#search.count({});
      this.#isTotalKnown = true;
    } catch {
      // A database that is lost with its disk must not silence the status.
    }
    return this.#total;
  }

  /** @throws CursorError */
  async page(request: PageRequest, signal?: AbortSignal): Promise<RecordingPage> {
    const { order: _order, limit, cursor, ...filter } = request;
    if (cursor !== undefined) placeOf(cursor); // told here, where its kind is not lost on the way
    const short = limit <= SHORT_PAGE && isPlain(filter) && !this.#search.isBinFull();
    return short ? this.#search.page(request) : this.#thread.ask('page', [request], signal);
  }

  async count(filter: RecordingFilter, signal?: AbortSignal): Promise<number> {
    const isEverything = isPlain(filter) && filter.bin !== true;
    return isEverything ? this.#search.count(filter) : this.#thread.ask('count', [filter], signal);
  }

  /**
   * How much there is on each day of the station's zone, both ends included; days without anything are left out.
   * @param span days, `YYYY-MM-DD`
   */
  async days(
    filter: RecordingFilter,
    span: Omit<Days, 'timezone'>,
    signal?: AbortSignal,
  ): Promise<RecordingDay[]> {
    const days = { ...span, timezone: this.#timezone() };
    const length = (Date.parse(span.to) - Date.parse(span.from)) / DAY_MS;
    const short = isPlain(filter) && filter.bin !== true && length < SHORT_CALENDAR_DAYS;
    return short
      ? this.#search.days(filter, days)
      : this.#thread.ask('days', [filter, days], signal);
  }

  /** Numbers of all recordings of a selection, in no order; there may be millions, or some that are not there. */
  async ids(selection: Selection, signal?: AbortSignal): Promise<ArrayLike<number>> {
    return 'ids' in selection
      ? this.#search.ids(selection)
      : this.#thread.ask('ids', [selection], signal);
  }

  purgePlan(selection: Selection, signal?: AbortSignal): Promise<PurgePlan> {
    return this.#thread.ask('purgePlan', [selection], signal);
  }

  /** Numbers of what of a selection lies in the bin and is not protected. */
  purgeable(selection: Selection, signal?: AbortSignal): Promise<Float64Array> {
    return this.#thread.ask('purgeable', [selection], signal);
  }

  /** Every tag that is in use outside the bin, by name. */
  tags(signal?: AbortSignal): Promise<TagUse[]> {
    return this.#thread.ask('tags', [], signal);
  }

  get(id: number): Recording | null {
    return this.#search.byIds([id])[0] ?? null;
  }

  /** In the order asked for; what is not there is left out. A few hundred at most: this is the main loop. */
  byIds(ids: readonly number[]): Recording[] {
    return this.#search.byIds(ids);
  }

  /** @throws NotFoundError */
  detections(id: number): Detection[] {
    if (this.#row(id) === undefined) throw new NotFoundError('recording', String(id));
    return detectionsOf(this.#connection, id);
  }

  /** The newest moment at which a row was written, UTC milliseconds. */
  lastIndexedAtMs(): number | null {
    const row = this.#connection.db
      .select({ at: recordings.indexedAtMs })
      .from(recordings)
      .orderBy(desc(recordings.id))
      .limit(1)
      .get();
    return row?.at ?? null;
  }

  /** Where a recording's file lies, or null when it has none of that kind here. */
  mediaFile(id: number, stream: Stream): { path: string; sizeBytes: number } | null {
    const row = this.#row(id);
    if (row === undefined || row.localDeleted || row.missingFile === stream) return null;
    const path = stream === 'raw' ? row.rawPath : row.processedPath;
    const sizeBytes = stream === 'raw' ? row.rawSizeBytes : row.processedSizeBytes;
    return path === null ? null : { path: join(this.#dataRoot, path), sizeBytes: sizeBytes ?? 0 };
  }

  #row(id: number): typeof recordings.$inferSelect | undefined {
    return this.#connection.db.select().from(recordings).where(eq(recordings.id, id)).get();
  }
}
