import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import { messageOf } from '../error-message';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { InvalidValueError } from '../request-error';
import { loopState, type Service, type ServiceStatus } from '../service';
import type { Purged, PurgeRequest } from './purge';

export interface BinKeeperOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** For so many days the bin keeps what was discarded; null: for ever. */
  readonly days: () => number | null;
  /** Why nothing is to be removed now, e.g. the clock may be wrong; null: it may. */
  readonly hold: () => string | null;
  readonly purge: (request: PurgeRequest, actor: string) => Promise<Purged>;
}

const DAY_MS = 86_400_000;
const LOOK_MS = 3_600_000;
/** A start has enough to do. */
const FIRST_MS = 10 * 60_000;
/** Rows that are read at once. */
const PAGE = 500;

interface Discarded {
  readonly id: number;
  readonly time_ms: number;
  readonly deleted_at_ms: number;
  readonly protected: 0 | 1;
}

/** Purges what has been in the bin for longer than the settings say, never what is protected. */
export class BinKeeper implements Service {
  readonly name = 'bin';
  readonly #options: BinKeeperOptions;
  readonly #logger: Logger;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  readonly #page;
  #loop: Promise<void> | null = null;
  #problem: string | null = null;
  #removed = 0;

  constructor(options: BinKeeperOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#nudge = new Nudge(options.clock);
    this.#page = options.connection.sqlite.prepare<[number, number, number], Discarded>(
      `select id, time_ms, deleted_at_ms, protected from recordings indexed by ix_recordings_bin
       where deleted_at_ms is not null and (time_ms, id) > (?, ?) order by time_ms, id limit ?`,
    );
  }

  start(): Promise<void> {
    if (this.#loop !== null) return Promise.resolve();
    this.#options.bus.on('settings.changed', this.#onSettings);
    this.#loop = this.#run();
    return Promise.resolve();
  }

  /** What is being removed is removed whole. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nudge.nudge();
    this.#options.bus.off('settings.changed', this.#onSettings);
    await this.#loop;
  }

  status(): ServiceStatus {
    return {
      name: this.name,
      state: loopState({
        stopping: this.#abort.signal,
        started: this.#loop !== null,
        well: this.#problem === null,
      }),
      details: this.#problem ?? '',
      counters: { removed: this.#removed },
    };
  }

  readonly #onSettings = ({ keys }: { readonly keys: readonly string[] }): void => {
    if (keys.includes('library.bin_days')) this.#nudge.nudge();
  };

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    await this.#nudge.wait(FIRST_MS, signal);
    while (!signal.aborted) {
      try {
        await this.#empty();
        this.#problem = null;
      } catch (error) {
        this.#problem = messageOf(error);
        this.#logger.error('bin.failed', 'The bin could not be emptied; tried again.', { error });
      }
      await this.#nudge.wait(LOOK_MS, signal);
    }
  }

  async #empty(): Promise<void> {
    const { clock, days, hold } = this.#options;
    let [timeMs, id] = [Number.MIN_SAFE_INTEGER, 0];
    while (!this.#abort.signal.aborted) {
      const kept = days();
      if (kept === null || hold() !== null) return;
      const rows = this.#page.all(timeMs, id, PAGE);
      const limitMs = clock.wallMs() - kept * DAY_MS;
      const old = rows.filter((row) => row.deleted_at_ms < limitMs && row.protected === 0);
      if (old.length > 0) await this.#purge(old, kept);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      [timeMs, id] = [last.time_ms, last.id];
      await nextTurn();
    }
  }

  async #purge(old: readonly Discarded[], days: number): Promise<void> {
    const request = {
      selection: { ids: old.map((row) => row.id) },
      confirm: String(old.length),
      reason: `in the bin for more than ${String(days)} days (library.bin_days)`,
    };
    try {
      this.#removed += (await this.#options.purge(request, 'station')).recordings;
    } catch (error) {
      // Somebody took one back meanwhile: the others wait for the next look.
      if (!(error instanceof InvalidValueError)) throw error;
    }
  }
}
