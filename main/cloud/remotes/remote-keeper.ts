import { setImmediate as nextTurn } from 'node:timers/promises';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../../clock/clock';
import { Nudge } from '../../clock/nudge';
import type { Connection } from '../../database/connection';
import { messageOf } from '../../error-message';
import type { Logger } from '../../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../../service';
import type { EnvironmentSeed } from '../seeding/environment-seed';
import type { RemoteRow } from './remote-rows';
import type { Remotes } from './remotes';

export interface RemoteKeeperOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly remotes: Remotes;
  readonly seed: () => EnvironmentSeed;
}

const LOOK_MS = 3_600_000;
const SOON_MS = 300_000;
/** What a server can do changes when it is replaced by a newer one. */
const CAPABILITIES_KEPT_MS = 86_400_000;
/** For one look at a remote. */
const PATIENCE_MS = 60_000;
/** Rows that are removed at once. */
const SLICE = 500;

/** How those are found that wait for a remote, each by an index of their own. */
const WAITING = [
  "indexed by ix_recording_remotes_pending where remote_slug = ? and state in ('queued', 'uploaded', 'failed') and state <> 'uploaded'",
  "indexed by ix_recording_remotes_uploading where remote_slug = ? and state = 'uploading'",
  "indexed by ix_recording_remotes_given_up where remote_slug = ? and state = 'given_up'",
] as const;

/**
 * What is done for remotes in the background: those of the environment are added, those that were removed are forgotten
 * as far as nothing is lost with them, and what the others can do is asked now and then.
 */
export class RemoteKeeper implements Service {
  readonly name = 'remotes';
  readonly #options: RemoteKeeperOptions;
  readonly #logger: Logger;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  readonly #forget;
  #loop: Promise<void> | null = null;
  #problem: string | null = null;

  constructor(options: RemoteKeeperOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#nudge = new Nudge(options.clock);
    this.#forget = WAITING.map((found) =>
      options.connection.sqlite.prepare<[string, number]>(
        `delete from recording_remotes where rowid in (select rowid from recording_remotes ${found} limit ?)`,
      ),
    );
  }

  /** There is something to do. */
  nudge(): void {
    this.#nudge.nudge();
  }

  start(): Promise<void> {
    this.#loop ??= this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nudge.nudge();
    await this.#loop;
    await this.#options.remotes.close();
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
      counters: { remotes: this.#options.remotes.rows.present().length },
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const { remotes, seed } = this.#options;
    await remotes.seed(seed()).catch((error: unknown) => {
      this.#logger.error('remotes.seed_failed', 'The remote of the environment is not there.', {
        error,
      });
    });
    while (!signal.aborted) {
      let isAllDone = false;
      try {
        isAllDone = await this.#look();
        this.#problem = null;
      } catch (error) {
        this.#problem = messageOf(error);
        this.#logger.error('remotes.failed', 'Remotes could not be looked after; tried again.', {
          error,
        });
      }
      await this.#nudge.wait(isAllDone ? LOOK_MS : SOON_MS, signal);
    }
  }

  /** @returns whether nothing is left to do */
  async #look(): Promise<boolean> {
    const { signal } = this.#abort;
    const { remotes } = this.#options;
    let isAllDone = true;
    for (const row of remotes.rows.all()) {
      if (signal.aborted) return true;
      if (row.removedAtMs !== null) {
        await this.#forgetWaiting(row.slug);
        if (row.secretNames.length > 0 && !(await this.#forgetSecrets(row))) isAllDone = false;
      } else if (row.active && row.stoppedFor !== 'refused' && this.#isOld(row)) {
        if (!(await this.#askCapabilities(row.slug))) isAllDone = false;
      }
    }
    return isAllDone;
  }

  #isOld({ capabilities }: RemoteRow): boolean {
    if (capabilities === null) return true;
    const agoMs = this.#options.clock.wallMs() - Date.parse(capabilities.checkedAt);
    return Math.abs(agoMs) > CAPABILITIES_KEPT_MS;
  }

  async #forgetWaiting(slug: string): Promise<void> {
    const { rows } = this.#options.remotes;
    // Added again meanwhile, what waits for it waits for the new one.
    const isOver = (): boolean =>
      this.#abort.signal.aborted || rows.present().some((row) => row.slug === slug);
    for (const statement of this.#forget) {
      while (!isOver() && statement.run(slug, SLICE).changes === SLICE) await nextTurn();
    }
  }

  async #forgetSecrets(row: RemoteRow): Promise<boolean> {
    try {
      await this.#options.remotes.forgetSecrets(row);
      return true;
    } catch (error) {
      this.#logger.warn(
        'remotes.secret_not_removed',
        'A secret of a removed remote is still kept.',
        {
          slug: row.slug,
          error,
        },
      );
      return false;
    }
  }

  async #askCapabilities(slug: string): Promise<boolean> {
    const { clock, remotes } = this.#options;
    const over = new AbortController();
    const limit = new AbortController();
    void clock.sleep(PATIENCE_MS, over.signal).then((elapsed) => {
      if (elapsed) limit.abort();
    });
    try {
      const signal = AbortSignal.any([this.#abort.signal, limit.signal]);
      const told = await (await remotes.provider(slug)).capabilities(signal);
      remotes.noteCapabilities(slug, { ...told, checkedAt: toInstant(clock.wallMs()) });
      return true;
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        this.#logger.info('remotes.not_asked', 'What a remote can do could not be asked.', {
          slug,
          detail: messageOf(error),
        });
      }
      return false;
    } finally {
      over.abort();
    }
  }
}
