import { join } from 'node:path';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import type { Logger } from '../logging/logger';
import { Sha256 } from './sha256';

const BATCH = 20;
/** Nudges bring new rows; this only finds what a crash left without a hash. */
const IDLE_MS = 60_000;
/** After a database was lost there may be a night's work waiting: nobody's stop waits for that. */
const STOP_PATIENCE_MS = 5_000;

interface Unhashed {
  readonly id: number;
  readonly raw_path: string | null;
  readonly raw_sha256: string | null;
  readonly processed_path: string | null;
  readonly processed_sha256: string | null;
}

/** Gives every row the SHA-256 of its files, soon after it appeared and off the main thread. */
export class HashQueue {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #dataRoot: string;
  readonly #sha256: Sha256;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  readonly #select;
  readonly #update;
  readonly #count;
  /** Rows whose file could not be read; tried again when the console starts anew. */
  readonly #failed = new Set<number>();
  #loop: Promise<void> | null = null;
  #stopByMs = Infinity;

  constructor(options: {
    connection: Connection;
    clock: Clock;
    logger: Logger;
    dataRoot: string;
    sha256WorkerUrl: URL;
  }) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#dataRoot = options.dataRoot;
    this.#sha256 = new Sha256(options.sha256WorkerUrl);
    this.#nudge = new Nudge(options.clock);
    // The condition is the partial index's, word for word, else SQLite would not use it.
    const pending = `local_deleted = 0 and ((raw_path is not null and raw_sha256 is null)
      or (processed_path is not null and processed_sha256 is null))`;
    const { sqlite } = options.connection;
    this.#select = sqlite.prepare<[number, number], Unhashed>(
      `select id, raw_path, raw_sha256, processed_path, processed_sha256 from recordings
       where ${pending} and id > ? order by id limit ?`,
    );
    this.#count = sqlite.prepare<[], { n: number }>(
      `select count(*) as n from recordings where ${pending}`,
    );
    this.#update = sqlite.prepare<[string | null, string | null, number]>(
      `update recordings set raw_sha256 = coalesce(?, raw_sha256),
       processed_sha256 = coalesce(?, processed_sha256) where id = ?`,
    );
  }

  get pending(): number {
    return this.#count.get()?.n ?? 0;
  }

  async start(): Promise<void> {
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

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    do {
      await this.#nudge.wait(IDLE_MS, signal);
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
    for (;;) {
      const rows = this.#select.all(after, BATCH);
      if (rows.length === 0) return;
      for (const row of rows) {
        if (this.#clock.monotonicMs() > this.#stopByMs) return;
        after = row.id;
        if (!this.#failed.has(row.id)) await this.#hashRow(row);
      }
    }
  }

  async #hashRow(row: Unhashed): Promise<void> {
    let raw: string | null;
    let processed: string | null;
    try {
      raw = await this.#hash(row.raw_path, row.raw_sha256);
      processed = await this.#hash(row.processed_path, row.processed_sha256);
    } catch (error) {
      this.#failed.add(row.id);
      this.#logger.warn('hash.unreadable', 'A recording could not be read for its hash.', {
        recording: row.id,
        error,
      });
      return;
    }
    this.#update.run(raw, processed, row.id);
  }

  async #hash(path: string | null, known: string | null): Promise<string | null> {
    return path === null || known !== null ? known : this.#sha256.hash(join(this.#dataRoot, path));
  }
}
