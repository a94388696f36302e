import { join } from 'node:path';
import { and, asc, count, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { Recording, RecordingFile, RecordingFilter, Stream } from '@shared/model/recording';
import { toInstant } from '@shared/model/time';
import type { Connection } from '../database/connection';
import { recordings } from '../database/schema';
import type { EventBus } from '../events/bus';

type Row = typeof recordings.$inferSelect;

export interface PageRequest extends RecordingFilter {
  readonly order: 'newest_first' | 'oldest_first';
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The cursor is not one that a page gave out. */
export class CursorError extends Error {}

/** Reads recordings. Order is (time, id), both ways; pages by keyset, so the last is as fast as the first. */
export class RecordingsRepository {
  readonly #connection: Connection;
  readonly #dataRoot: string;
  /** All rows there are; counted once and then kept up by the indexer's events. */
  #total: number;

  constructor(connection: Connection, dataRoot: string, bus: EventBus) {
    this.#connection = connection;
    this.#dataRoot = dataRoot;
    this.#total = this.count({});
    bus.on('recording.indexed', () => {
      this.#total += 1;
    });
  }

  /** Every row, without asking the database: the status asks every second. */
  get total(): number {
    return this.#total;
  }

  /** @throws CursorError */
  page(request: PageRequest): { items: Recording[]; nextCursor: string | null } {
    const newest = request.order === 'newest_first';
    const direction = newest ? desc : asc;
    const conditions = filterConditions(request);
    if (request.cursor !== undefined) conditions.push(beyond(request.cursor, newest));
    const rows = this.#connection.db
      .select()
      .from(recordings)
      .where(and(...conditions))
      .orderBy(direction(recordings.timeMs), direction(recordings.id))
      .limit(request.limit + 1)
      .all();
    const items = rows.slice(0, request.limit);
    const last = items.at(-1);
    return {
      items: items.map(toRecording),
      nextCursor:
        rows.length > request.limit && last !== undefined
          ? `${String(last.timeMs)}.${String(last.id)}`
          : null,
    };
  }

  count(filter: RecordingFilter): number {
    const row = this.#connection.db
      .select({ total: count() })
      .from(recordings)
      .where(and(...filterConditions(filter)))
      .get();
    return row?.total ?? 0;
  }

  get(id: number): Recording | null {
    const row = this.#row(id);
    return row === undefined ? null : toRecording(row);
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
    if (row === undefined || row.localDeleted) return null;
    const path = stream === 'raw' ? row.rawPath : row.processedPath;
    const sizeBytes = stream === 'raw' ? row.rawSizeBytes : row.processedSizeBytes;
    return path === null ? null : { path: join(this.#dataRoot, path), sizeBytes: sizeBytes ?? 0 };
  }

  #row(id: number): Row | undefined {
    return this.#connection.db.select().from(recordings).where(eq(recordings.id, id)).get();
  }
}

function filterConditions(filter: RecordingFilter): SQL[] {
  return [
    ...(filter.device === undefined ? [] : [eq(recordings.device, filter.device)]),
    ...(filter.from === undefined ? [] : [gte(recordings.timeMs, Date.parse(filter.from))]),
    ...(filter.to === undefined ? [] : [lt(recordings.timeMs, Date.parse(filter.to))]),
  ];
}

function beyond(cursor: string, newest: boolean): SQL {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor);
  if (match === null) throw new CursorError('the cursor is not one that a page gave out');
  const [timeMs, id] = [Number(match[1]), Number(match[2])];
  // A row value comparison, which SQLite walks along the index from exactly there.
  return newest
    ? sql`(${recordings.timeMs}, ${recordings.id}) < (${timeMs}, ${id})`
    : sql`(${recordings.timeMs}, ${recordings.id}) > (${timeMs}, ${id})`;
}

function toRecording(row: Row): Recording {
  return {
    id: row.id,
    device: row.device,
    time: toInstant(row.timeMs),
    durationS: row.durationS,
    runId: row.runId,
    sequence: row.sequence,
    raw: toFile({
      path: row.rawPath,
      sizeBytes: row.rawSizeBytes,
      sampleRateHz: row.rawSampleRateHz,
      channels: row.rawChannels,
      bitsPerSample: row.rawBitsPerSample,
      frames: row.rawFrames,
      sha256: row.rawSha256,
    }),
    processed: toFile({
      path: row.processedPath,
      sizeBytes: row.processedSizeBytes,
      sampleRateHz: row.processedSampleRateHz,
      channels: row.processedChannels,
      bitsPerSample: row.processedBitsPerSample,
      frames: row.processedFrames,
      sha256: row.processedSha256,
    }),
    simulated: row.simulated,
    recovered: row.recovered,
    retimedAt: row.retimedAtMs === null ? null : toInstant(row.retimedAtMs),
    clockUnsynced: row.clockUnsynced,
    uploaded: row.uploaded,
    localDeleted: row.localDeleted,
    indexedAt: toInstant(row.indexedAtMs),
  };
}

function toFile(columns: {
  [Key in keyof RecordingFile]: RecordingFile[Key] | null;
}): RecordingFile | null {
  const { path, sizeBytes, sampleRateHz, channels, bitsPerSample, frames, sha256 } = columns;
  const measured =
    path !== null &&
    sizeBytes !== null &&
    sampleRateHz !== null &&
    channels !== null &&
    bitsPerSample !== null &&
    frames !== null;
  return measured
    ? { path, sizeBytes, sampleRateHz, channels, bitsPerSample, frames, sha256 }
    : null;
}
