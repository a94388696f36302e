import { setImmediate as nextTurn } from 'node:timers/promises';
import { asc, eq, gt } from 'drizzle-orm';
import type { Detection } from '@shared/model/analysis';
import type { Selection } from '@shared/model/recording';
import type { Connection } from '../database/connection';
import { detectionsOf } from '../database/detections-of';
import {
  auditLog,
  deletions,
  derivedAssets,
  detections,
  devices,
  importItems,
  recordingRemotes,
  recordings,
  uploads,
} from '../database/schema';

/** How much there is in a selection, of what lies on this station. */
export interface Totals {
  readonly recordings: number;
  readonly rawBytes: number;
  readonly processedBytes: number;
}

/** Something that the station wrote down about recordings, and where. */
export interface Trace {
  readonly table: 'deletions' | 'import_items' | 'audit_log';
  readonly row: Readonly<Record<string, unknown>>;
}

/** As many at a time as the main loop does not feel. */
const SLICE = 500;

/** What the database holds about recordings beside what everybody sees of them. */
export class Records {
  readonly #connection: Connection;
  readonly #sum;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#sum = connection.sqlite.prepare<[string], Totals>(
      `select count(*) as recordings,
         coalesce(sum(iif(local_deleted = 0, raw_size_bytes, 0)), 0) as rawBytes,
         coalesce(sum(iif(local_deleted = 0, processed_size_bytes, 0)), 0) as processedBytes
       from recordings where id in (select value from json_each(?))`,
    );
  }

  /** In slices, with everybody else's turn in between. @throws the signal's reason */
  async totals(ids: ArrayLike<number>, signal: AbortSignal): Promise<Totals> {
    const totals = { recordings: 0, rawBytes: 0, processedBytes: 0 };
    for (const slice of slicesOf(ids, SLICE)) {
      const found = this.#sum.get(JSON.stringify(slice));
      totals.recordings += found?.recordings ?? 0;
      totals.rawBytes += found?.rawBytes ?? 0;
      totals.processedBytes += found?.processedBytes ?? 0;
      await nextTurn();
      signal.throwIfAborted();
    }
    return totals;
  }

  /** In the order of the recording. */
  detections(recordingId: number): Detection[] {
    return detectionsOf(this.#connection, recordingId);
  }

  /** What a microphone is called. */
  displayName(device: string): string {
    const row = this.#connection.db
      .select({ displayName: devices.displayName })
      .from(devices)
      .where(eq(devices.name, device))
      .get();
    return row?.displayName ?? device;
  }

  /** Every column of a recording and of what hangs on it; null: there is none (any more). */
  everything(recordingId: number): Readonly<Record<string, unknown>> | null {
    const { db } = this.#connection;
    const of = { recording: eq(recordings.id, recordingId) };
    const recording = db.select().from(recordings).where(of.recording).get();
    if (recording === undefined) return null;
    return {
      recording,
      detections: db
        .select()
        .from(detections)
        .where(eq(detections.recordingId, recordingId))
        .orderBy(asc(detections.id))
        .all(),
      derivedAssets: this.derivedAssets(recordingId),
      remotes: db
        .select()
        .from(recordingRemotes)
        .where(eq(recordingRemotes.recordingId, recordingId))
        .all(),
      uploads: db.select().from(uploads).where(eq(uploads.recordingId, recordingId)).all(),
    };
  }

  derivedAssets(recordingId: number): (typeof derivedAssets.$inferSelect)[] {
    return this.#connection.db
      .select()
      .from(derivedAssets)
      .where(eq(derivedAssets.recordingId, recordingId))
      .orderBy(asc(derivedAssets.id))
      .all();
  }

  /**
   * What was written down about some of these recordings: their deletions, where imports found them, acts in the audit
   * log that name them. Looks through whole tables, a slice at a time.
   */
  async *traces(ids: ReadonlySet<number>, signal: AbortSignal): AsyncGenerator<Trace, void> {
    const { db } = this.#connection;
    yield* this.#through(
      'deletions',
      (after) =>
        db
          .select()
          .from(deletions)
          .where(gt(deletions.id, after))
          .orderBy(asc(deletions.id))
          .limit(SLICE)
          .all(),
      (row) => row.recordingId !== null && ids.has(row.recordingId),
      signal,
    );
    yield* this.#through(
      'import_items',
      (after) =>
        db
          .select()
          .from(importItems)
          .where(gt(importItems.id, after))
          .orderBy(asc(importItems.id))
          .limit(SLICE)
          .all(),
      (row) => row.recordingId !== null && ids.has(row.recordingId),
      signal,
    );
    yield* this.#through(
      'audit_log',
      (after) =>
        db
          .select()
          .from(auditLog)
          .where(gt(auditLog.id, after))
          .orderBy(asc(auditLog.id))
          .limit(SLICE)
          .all(),
      (row) => recordingsNamedIn(row).some((id) => ids.has(id)),
      signal,
    );
  }

  /** An act that people may ask about later. @param act its name, `noun.verb` */
  audit(atMs: number, actor: string, act: string, subject: string, told: unknown): void {
    this.#connection.db
      .insert(auditLog)
      .values({ atMs, actor, action: act, subject, newValue: told })
      .run();
  }

  async *#through<Row extends { readonly id: number }>(
    table: Trace['table'],
    slice: (afterId: number) => Row[],
    concerns: (row: Row) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Trace, void> {
    for (let after = 0; ;) {
      const rows = slice(after);
      for (const row of rows) if (concerns(row)) yield { table, row };
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      await nextTurn();
      signal.throwIfAborted();
    }
  }
}

/** What a selection says in the description of an export: ten thousand numbers say no more than how many they are. */
export function selectionInBrief(selection: Selection): unknown {
  if (!('ids' in selection)) return selection;
  return selection.ids.length <= 100 ? selection : { ids: selection.ids.length };
}

export function* slicesOf(ids: ArrayLike<number>, length: number): Generator<number[], void> {
  for (let at = 0; at < ids.length; at += length) {
    const slice: number[] = [];
    for (let i = at; i < Math.min(at + length, ids.length); i += 1) {
      const id = ids[i];
      if (id !== undefined) slice.push(id);
    }
    yield slice;
  }
}

/** Acts name recordings as `recording:<number>` in their subject, or as the numbers of a selection. */
export function recordingsNamedIn({
  subject,
  oldValue,
  newValue,
}: Pick<typeof auditLog.$inferSelect, 'subject' | 'oldValue' | 'newValue'>): number[] {
  const named = /^recording[: ](\d{1,15})$/.exec(subject)?.[1];
  return [
    ...(named === undefined ? [] : [Number(named)]),
    ...[oldValue, newValue].flatMap((value) => numbersIn(value)),
  ];
}

function numbersIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('selection' in value) return numbersIn(value.selection);
  if ('recordingId' in value && typeof value.recordingId === 'number') return [value.recordingId];
  if (!('ids' in value) || !Array.isArray(value.ids)) return [];
  return value.ids.filter((id): id is number => typeof id === 'number');
}
