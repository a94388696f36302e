import { join } from 'node:path';
import type { SignalHealth } from '@shared/model/recorder';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import type { Logger } from '../logging/logger';
import { inspectWav, WavError } from '../wav/inspect';
import { type FileDigest, type SampleArea, Sha256 } from './sha256';

const BATCH = 20;
/** Nudges bring new rows; this only finds what a crash left without a hash. */
const IDLE_MS = 60_000;
/** What could not be read is tried again after this long, then twice as long, up to an hour. */
const RETRY_MS = 10_000;
const MOST_RETRY_MS = 3_600_000;
/** So often in vain, and nobody need wait for it. */
const GIVEN_UP_AFTER = 3;
/** After a database was lost there may be a night's work waiting: nobody's stop waits for that. */
const STOP_PATIENCE_MS = 5_000;
/** It is asked every second: the night's work need not be counted to the end. */
const MOST_COUNTED = 10_000;
/** Nobody waits longer for one answer. */
const HURRY_PATIENCE_MS = 30_000;

interface Unhashed {
  readonly id: number;
  readonly device: string;
  readonly run_id: string | null;
  readonly sequence: number | null;
  readonly time_ms: number;
  readonly raw_path: string | null;
  readonly raw_sha256: string | null;
  readonly processed_path: string | null;
  readonly processed_sha256: string | null;
  /** Another one when the hash is made: its files were renamed or rewritten meanwhile. */
  readonly retimed_at_ms: number | null;
}

/** A row of which a file could not be read. */
interface Failure {
  /** Renamed or rewritten since, it is another one. */
  readonly retimedAtMs: number | null;
  readonly times: number;
  readonly nextMonotonicMs: number;
}

/** What the raw file of a recording sounds like. */
export interface Measured {
  readonly device: string;
  /** null for what did not come from a run of ours. */
  readonly runId: string | null;
  readonly sequence: number | null;
  readonly timeMs: number;
  readonly signal: SignalHealth;
}

/**
 * Gives every row the SHA-256 of its files and the measure of its sound, soon after it appeared and off the main
 * thread. Each file is read once; a row that has its hash is not read again for the measure.
 */
export class HashQueue {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #dataRoot: string;
  readonly #sha256: Sha256;
  readonly #onMeasured: (measured: Measured) => void;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  readonly #select;
  readonly #update;
  readonly #count;
  readonly #failed = new Map<number, Failure>();
  #loop: Promise<void> | null = null;
  #stopByMs = Infinity;

  constructor(options: {
    connection: Connection;
    clock: Clock;
    logger: Logger;
    dataRoot: string;
    sha256WorkerUrl: URL;
    onMeasured?: (measured: Measured) => void;
  }) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#dataRoot = options.dataRoot;
    this.#sha256 = new Sha256(options.sha256WorkerUrl);
    this.#onMeasured = options.onMeasured ?? (() => undefined);
    this.#nudge = new Nudge(options.clock);
    // The condition is the partial index's, word for word, else SQLite could not use it; and it would not by itself,
    // since it takes every partial index for as good as any other.
    const pending = `local_deleted = 0 and ((raw_path is not null and raw_sha256 is null)
      or (processed_path is not null and processed_sha256 is null))`;
    const { sqlite } = options.connection;
    this.#select = sqlite.prepare<[number, number], Unhashed>(
      `select id, device, run_id, sequence, time_ms, raw_path, raw_sha256, processed_path, processed_sha256, retimed_at_ms
       from recordings indexed by ix_recordings_hash_pending where ${pending} and id > ? order by id limit ?`,
    );
    this.#count = sqlite.prepare<[], { n: number }>(
      `select count(*) as n from (select 1 from recordings indexed by ix_recordings_hash_pending
       where ${pending} limit ${String(MOST_COUNTED)})`,
    );
    this.#update = sqlite.prepare<
      [string | null, string | null, string | null, number, number | null]
    >(
      `update recordings set raw_sha256 = coalesce(?, raw_sha256),
       processed_sha256 = coalesce(?, processed_sha256), signal = coalesce(?, signal)
       where id = ? and retimed_at_ms is ?`,
    );
  }

  /** Ten thousand where there are more. */
  get pending(): number {
    return this.#count.get()?.n ?? 0;
  }

  /** A file of this row was tried again and again, and could not be read. */
  gaveUp(id: number): boolean {
    return (this.#failed.get(id)?.times ?? 0) >= GIVEN_UP_AFTER;
  }

  async start(): Promise<void> {
    this.#stopByMs = Infinity;
    this.#loop ??= this.#run();
    await Promise.resolve();
  }

  /** Works off what waits, as far as a few seconds go, then rests. The next start takes up the remainder. */
  async stop(): Promise<void> {
    this.#stopByMs = this.#clock.monotonicMs() + STOP_PATIENCE_MS;
    this.#abort.abort();
    this.#nudge.nudge();
    await this.#loop;
    await this.#sha256.close();
  }

  nudge(): void {
    this.#nudge.nudge();
  }

  /** Somebody asks for what waits. Where no console runs it is worked off at once, as far as some seconds go. */
  async hurry(): Promise<void> {
    if (this.#loop !== null) {
      this.nudge();
      return;
    }
    this.#stopByMs = this.#clock.monotonicMs() + HURRY_PATIENCE_MS;
    await this.#drain();
    await this.#sha256.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    do {
      await this.#nudge.wait(this.#failed.size === 0 ? IDLE_MS : RETRY_MS, signal);
      try {
        await this.#drain();
      } catch (error) {
        this.#logger.error('hash.failed', 'Hashes could not be written; they are tried again.', {
          error,
        });
        await this.#clock.sleep(1000, signal);
      }
    } while (!signal.aborted);
  }

  async #drain(): Promise<void> {
    let after = 0;
    const gone = new Set(this.#failed.keys());
    for (;;) {
      const rows = this.#select.all(after, BATCH);
      if (rows.length === 0) {
        // Removed meanwhile: nobody asks for their hashes any more.
        for (const id of gone) this.#failed.delete(id);
        return;
      }
      for (const row of rows) {
        if (this.#clock.monotonicMs() > this.#stopByMs) return;
        after = row.id;
        gone.delete(row.id);
        if (this.#isDue(row)) await this.#hashRow(row);
      }
    }
  }

  #isDue(row: Unhashed): boolean {
    const failure = this.#failed.get(row.id);
    return (
      failure === undefined ||
      failure.retimedAtMs !== row.retimed_at_ms ||
      this.#clock.monotonicMs() >= failure.nextMonotonicMs
    );
  }

  #noteFailure(row: Unhashed): void {
    const before = this.#failed.get(row.id);
    const times = before?.retimedAtMs === row.retimed_at_ms ? before.times + 1 : 1;
    const waitMs = Math.min(RETRY_MS * 2 ** (times - 1), MOST_RETRY_MS);
    this.#failed.set(row.id, {
      retimedAtMs: row.retimed_at_ms,
      times,
      nextMonotonicMs: this.#clock.monotonicMs() + waitMs,
    });
  }

  async #hashRow(row: Unhashed): Promise<void> {
    let raw: FileDigest | null;
    let processed: FileDigest | null;
    try {
      raw = await this.#digest(row.raw_path, row.raw_sha256, true);
      processed = await this.#digest(row.processed_path, row.processed_sha256, false);
    } catch (error) {
      this.#noteFailure(row);
      if (this.#failed.get(row.id)?.times !== 1) return;
      this.#logger.warn(
        'hash.unreadable',
        'A recording could not be read for its hash; it is tried again.',
        {
          recording: row.id,
          error,
        },
      );
      return;
    }
    this.#failed.delete(row.id);
    const signal = raw?.signal ?? null;
    this.#update.run(
      raw?.sha256 ?? null,
      processed?.sha256 ?? null,
      signal === null ? null : JSON.stringify(signal),
      row.id,
      row.retimed_at_ms,
    );
    if (signal !== null) {
      const { device, run_id: runId, sequence, time_ms: timeMs } = row;
      this.#onMeasured({ device, runId, sequence, timeMs, signal });
    }
  }

  /** null when there is no such file or its hash is known. */
  async #digest(
    path: string | null,
    known: string | null,
    measure: boolean,
  ): Promise<FileDigest | null> {
    if (path === null || known !== null) return null;
    const file = join(this.#dataRoot, path);
    return this.#sha256.digest(file, measure ? await sampleAreaOf(file) : null);
  }
}

/** null for what cannot be measured: another file than ours, or another sample size. */
async function sampleAreaOf(path: string): Promise<SampleArea | null> {
  try {
    const { channels, frameBytes, dataOffset, dataBytes } = await inspectWav(path);
    const containerBytes = frameBytes / channels;
    if (containerBytes !== 2 && containerBytes !== 3 && containerBytes !== 4) return null;
    return { channels, containerBytes, offset: dataOffset, bytes: dataBytes };
  } catch (error) {
    if (error instanceof WavError) return null;
    throw error;
  }
}
