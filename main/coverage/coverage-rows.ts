import type { ClockState, GapReason } from '@shared/model/coverage';
import type { MsSpan } from '../clock/spans';
import type { Connection } from '../database/connection';
import type { DutyFact, GapFact, RecordingFact } from './coverage-of';

export interface KnownDevice {
  readonly name: string;
  readonly displayName: string;
  readonly simulated: boolean;
}

/** A file as a certificate names it, with UTC milliseconds. */
export interface FileRow {
  readonly path: string;
  readonly timeMs: number;
  readonly durationS: number;
  readonly sizeBytes: number;
  readonly sha256: string | null;
  readonly clock: ClockState;
  readonly recovered: boolean;
  readonly recordingId: number;
  readonly runId: string | null;
  /** The station has removed its file. What it only found to be gone is none of these. */
  readonly deleted: boolean;
}

type Bit = 0 | 1;

/** No segment is longer; one that began so long before may reach into a stretch. */
const LONGEST_SEGMENT_MS = 3_700_000;

/** What coverage is told from. Every query walks an index of its device and its time. */
export class CoverageRows {
  readonly #devices;
  readonly #duties;
  readonly #gaps;
  readonly #recordings;
  readonly #files;
  readonly #provisional;
  readonly #last;
  readonly #firstFrom;
  readonly #firstDuty;

  constructor({ sqlite }: Connection) {
    this.#devices = sqlite.prepare<
      [],
      { name: string; displayName: string; kind: string; removedAtMs: number | null }
    >(
      `select name, display_name as displayName, kind, removed_at_ms as removedAtMs from devices
       order by name`,
    );
    // The first one may have begun long before; of those that follow, all begin within.
    this.#duties = sqlite.prepare<
      [{ device: string; from: number; to: number }],
      { fromMs: number; toMs: number | null; seenMs: number; desired: Bit }
    >(
      `select from_ms as fromMs, to_ms as toMs, seen_ms as seenMs, desired from duties
       where device = @device and from_ms < @to and from_ms >= coalesce(
         (select max(from_ms) from duties where device = @device and from_ms <= @from), @from)
       order by from_ms`,
    );
    this.#gaps = sqlite.prepare<
      [{ device: string; from: number; to: number }],
      { fromMs: number; toMs: number | null; reason: GapReason; detail: string }
    >(
      `select from_ms as fromMs, to_ms as toMs, reason, detail from gaps
       where device = @device and from_ms < @to and from_ms >= coalesce(
         (select max(from_ms) from gaps where device = @device and from_ms <= @from), @from)
       order by from_ms`,
    );
    // Tuples: nine thousand rows a day and device are read, and objects would take twice as long.
    this.#recordings = sqlite
      .prepare<
        [string, number, number],
        [number, number, number, Bit, Bit, string | null, number | null]
      >(
        `select id, time_ms, duration_s, clock_unsynced, clock_unknown, run_id, sequence from recordings
         where device = ? and time_ms >= ? and time_ms < ? and source = 'recorder' order by time_ms`,
      )
      .raw();
    this.#files = sqlite.prepare<
      [string, number, number],
      Omit<FileRow, 'clock' | 'recovered' | 'deleted'> & {
        unsynced: Bit;
        unknown: Bit;
        recovered: Bit;
        deleted: Bit;
      }
    >(
      `select coalesce(raw_path, processed_path) as path, time_ms as timeMs,
         duration_s as durationS,
         case when raw_path is null then processed_size_bytes else raw_size_bytes end as sizeBytes,
         case when raw_path is null then processed_sha256 else raw_sha256 end as sha256,
         clock_unsynced as unsynced, clock_unknown as unknown, recovered, id as recordingId,
         run_id as runId,
         local_deleted = 1 and local_deleted_reason is not 'reconciliation' as deleted from recordings
       where device = ? and time_ms >= ? and time_ms < ? and source = 'recorder'
       order by time_ms, id`,
    );
    this.#provisional = sqlite.prepare<[string, string]>(
      `select 1 from clock_anchors
       where run_id = ? and boot_id = ? and reason = 'run_start' and synced = 0 limit 1`,
    );
    this.#last = sqlite.prepare<[string, number], { endMs: number }>(
      `select cast(round(time_ms + duration_s * 1000) as integer) as endMs from recordings
       where device = ? and time_ms < ? and source = 'recorder' order by time_ms desc limit 1`,
    );
    this.#firstFrom = sqlite.prepare<[string, number], { timeMs: number }>(
      `select time_ms as timeMs from recordings
       where device = ? and time_ms >= ? and source = 'recorder' order by time_ms limit 1`,
    );
    this.#firstDuty = sqlite.prepare<[string], { fromMs: number | null }>(
      'select min(from_ms) as fromMs from duties where device = ?',
    );
  }

  /** Every microphone that the station has or that something of is kept; by name. Nothing is expected of imports. */
  devices(): (KnownDevice & { readonly removed: boolean })[] {
    return this.#devices
      .all()
      .filter(({ kind }) => kind !== 'imported')
      .map(({ name, displayName, kind, removedAtMs }) => ({
        name,
        displayName,
        simulated: kind === 'simulated',
        removed: removedAtMs !== null,
      }));
  }

  duties(device: string, { fromMs, toMs }: MsSpan): DutyFact[] {
    const rows = this.#duties.all({ device, from: fromMs, to: toMs });
    return rows.map((row) => ({ ...row, desired: row.desired === 1 }));
  }

  /** When the first duty of a device began; null when none is known. */
  firstDutyMs(device: string): number | null {
    return this.#firstDuty.get(device)?.fromMs ?? null;
  }

  gaps(device: string, { fromMs, toMs }: MsSpan): GapFact[] {
    return this.#gaps.all({ device, from: fromMs, to: toMs });
  }

  recordings(device: string, { fromMs, toMs }: MsSpan): RecordingFact[] {
    return this.#recordings
      .all(device, fromMs - LONGEST_SEGMENT_MS, toMs)
      .map(([id, timeMs, durationS, unsynced, unknown, runId, sequence]) => ({
        id,
        timeMs,
        durationS,
        clockUnsynced: unsynced === 1,
        clockUnknown: unknown === 1,
        runId,
        sequence,
      }));
  }

  /** Files of recordings of which any part lies within, in order. */
  files(device: string, { fromMs, toMs }: MsSpan): FileRow[] {
    return this.#files
      .all(device, fromMs - LONGEST_SEGMENT_MS, toMs)
      .filter((row) => row.timeMs + row.durationS * 1000 > fromMs)
      .map(({ unsynced, unknown, recovered, deleted, ...row }) => ({
        ...row,
        clock: unsynced === 1 ? 'not_synchronised' : unknown === 1 ? 'unknown' : 'synchronised',
        recovered: recovered === 1,
        deleted: deleted === 1,
      }));
  }

  /** Did a run of this boot begin by a clock that was not synchronised? Then its times may still be corrected. */
  isProvisional(runId: string, bootId: string): boolean {
    return this.#provisional.get(runId, bootId) !== undefined;
  }

  /** End of the last recording that began before an instant; null when there is none. */
  lastEndMs(device: string, beforeMs: number): number | null {
    return this.#last.get(device, Math.ceil(beforeMs))?.endMs ?? null;
  }

  /** Start of the first recording that began at an instant or after it. */
  firstFromMs(device: string, fromMs: number): number | null {
    return this.#firstFrom.get(device, fromMs)?.timeMs ?? null;
  }
}
