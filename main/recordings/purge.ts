import type { Selection } from '@shared/model/recording';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { type Identity, identityHash, type Purge } from '../database/purge-list';
import { messageOf } from '../error-message';
import type { EventBus } from '../events/bus';
import { removeFiles } from '../files/remove-files';
import type { Logger } from '../logging/logger';
import { ConflictError, InvalidValueError } from '../request-error';
import { selectionSummary } from '../selection-summary';
import { RowRemoval } from './row-removal';
import type { PurgePlan } from './search';

export interface PurgeRequest {
  readonly selection: Selection;
  /** The number of recordings that the plan told, as it was typed. */
  readonly confirm: string;
  readonly reason: string;
}

export interface Purged {
  readonly recordings: number;
  readonly bytes: number;
  /** Whose files could not be removed: they are in the bin still. */
  readonly failed: number;
}

export interface PurgeOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly dataRoot: string;
  readonly plan: (selection: Selection) => Promise<PurgePlan>;
  /** What of a selection lies in the bin and is not protected, by number. */
  readonly purgeable: (selection: Selection) => Promise<readonly number[] | Float64Array>;
  readonly exists: (id: number) => boolean;
  /** Is the disk there, looked at now? On another one every file would seem to be removed already. */
  readonly diskIsThere: () => Promise<boolean>;
  /** Does work while no file is renamed and no row is made, see the indexer. */
  readonly exclusively: (work: () => Promise<readonly string[]>) => Promise<void>;
  /** Files that lie beside one, such as the sidecar of an import. */
  readonly companionsOf?: (path: string) => readonly string[];
  /** Makes others forget what it was called before it came here, in the transaction that removes its row. */
  readonly forgetNames?: (id: number) => void;
  /** Remembers them beside the database, of which an older copy may be restored. */
  readonly remember?: (purges: readonly Purge[]) => Promise<void>;
  /** Empties what still holds rows as they were, such as the log of the database. */
  readonly emptyTraces?: () => Promise<void>;
}

interface Doomed extends Identity {
  readonly id: number;
  readonly local_deleted: 0 | 1;
  readonly bytes: number;
  readonly derived: string;
}

/** So many are removed between two syncs of their folders. */
const BATCH = 50;

/**
 * Removes recordings for good: files, rows and all that hangs on them. Only from the bin, never what is protected.
 *
 * Files go first, then their rows: after a power cut a row without files is in the bin still and is purged again,
 * while a file without its row would come back as a new recording.
 */
export class RecordingPurge {
  readonly #options: PurgeOptions;
  readonly #find;
  readonly #audit;
  readonly #rows: RowRemoval;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: PurgeOptions) {
    this.#options = options;
    const { sqlite } = options.connection;
    // Asked again with each batch: somebody may have restored or protected it since the plan.
    this.#find = sqlite.prepare<[string], Doomed>(
      `select id, device, run_id, sequence, raw_path, processed_path, local_deleted,
         coalesce(raw_size_bytes, 0) + coalesce(processed_size_bytes, 0) as bytes,
         (select json_group_array(path) from derived_assets where recording_id = recordings.id) as derived
       from recordings where id in (select value from json_each(?))
         and deleted_at_ms is not null and protected = 0 order by id`,
    );
    this.#audit = sqlite.prepare<[number, string, string, string, string]>(
      'insert into audit_log (at_ms, actor, action, subject, new_value) values (?, ?, ?, ?, ?)',
    );
    this.#rows = new RowRemoval(options.connection);
  }

  /**
   * @param actor who asked, for the audit log, e.g. `page`
   * @throws InvalidValueError when another number was typed than the plan tells, ConflictError when nothing of the
   * selection lies in the bin
   */
  async purge(request: PurgeRequest, actor: string): Promise<Purged> {
    // One at a time: two of one selection would each count what the other has removed.
    const run = this.#running.then(() => this.#purge(request, actor));
    this.#running = run.catch(() => undefined);
    return run;
  }

  async #purge({ selection, confirm, reason }: PurgeRequest, actor: string): Promise<Purged> {
    const plan = await this.#options.plan(selection);
    const ids = await this.#options.purgeable(selection);
    if (ids.length === 0) return this.#nothing(selection);
    const typed = confirm.trim();
    if (typed !== String(ids.length)) {
      const problem = `expected ${String(ids.length)}, the number of recordings that would be removed for good`;
      throw new InvalidValueError('confirm', problem);
    }
    const { connection, clock, logger, bus } = this.#options;
    const told = { selection: selectionSummary(selection), ...plan, recordings: ids.length };
    const audit = (action: string, value: unknown): void => {
      this.#audit.run(clock.wallMs(), actor, action, reason, JSON.stringify(value));
    };
    // Before the first file is gone, so that no power cut leaves a hole that nobody told of.
    audit('recordings.purge', told);
    const purged = { recordings: 0, bytes: 0, failed: 0 };
    try {
      for (let at = 0; at < ids.length; at += BATCH) {
        await this.#batch([...ids.slice(at, at + BATCH)], reason, purged);
      }
    } finally {
      connection.sqlite.transaction(() => {
        this.#rows.dropUnusedTags();
        audit('recordings.purged', purged);
      })();
      logger.info('recordings.purged', 'Recordings were removed for good.', { actor, ...purged });
      if (purged.recordings > 0) bus.emit('recordings.changed', { recordings: purged.recordings });
    }
    await this.#emptyTraces();
    return purged;
  }

  async #emptyTraces(): Promise<void> {
    try {
      await this.#options.emptyTraces?.();
    } catch (error) {
      // The upkeep of the database comes to it by itself.
      this.#options.logger.warn('recordings.traces_left', 'The log of the database is not empty.', {
        error: messageOf(error),
      });
    }
  }

  /** @throws ConflictError unless it is because all of it has been removed before */
  #nothing(selection: Selection): Purged {
    const there = 'ids' in selection ? selection.ids.find((id) => this.#options.exists(id)) : null;
    if (there === undefined) return { recordings: 0, bytes: 0, failed: 0 };
    throw new ConflictError(
      'not_in_bin',
      there === null ? '' : String(there),
      'Nothing of this lies in the bin (or it is protected): only what was discarded is removed for good.',
    );
  }

  async #batch(
    ids: readonly number[],
    reason: string,
    purged: { recordings: number; bytes: number; failed: number },
  ): Promise<void> {
    const { connection, clock, dataRoot, diskIsThere, exclusively, logger } = this.#options;
    // A file renamed between its removal and that of its row would come back as another recording.
    await exclusively(async () => {
      if (!(await diskIsThere())) {
        throw new Error('the data disk is not there: nothing is removed');
      }
      const doomed = this.#find.all(JSON.stringify(ids));
      const failed = await removeFiles(
        dataRoot,
        doomed.flatMap((one) => this.#filesOf(one)),
      );
      if (!(await diskIsThere())) {
        throw new Error('the data disk went away: what was removed is not known');
      }
      const errorOf = (one: Doomed): unknown =>
        this.#filesOf(one)
          .map((path) => failed.get(path))
          .find((failure) => failure !== undefined);
      const atMs = clock.wallMs();
      await this.#remember(
        doomed.filter((one) => errorOf(one) === undefined),
        atMs,
      );
      connection.sqlite
        .transaction(() => {
          for (const one of doomed) {
            const error = errorOf(one);
            if (error === undefined) {
              const { id, bytes } = one;
              this.#rows.remove({ id, paths: pathsOf(one), bytes, atMs, reason });
              this.#options.forgetNames?.(one.id);
              purged.recordings += 1;
              purged.bytes += one.local_deleted === 1 ? 0 : one.bytes;
            } else {
              purged.failed += 1;
              logger.error('recording.purge_failed', 'A recording could not be removed.', {
                recording: one.id,
                error: messageOf(error),
              });
            }
          }
        })
        .immediate();
      return [];
    });
  }

  async #remember(removed: readonly Doomed[], atMs: number): Promise<void> {
    if (removed.length === 0) return;
    try {
      const purges = removed.map((one) => ({ atMs, id: one.id, hash: identityHash(one) }));
      await this.#options.remember?.(purges);
    } catch (error) {
      // Their files are gone: rows that stay for want of a note would help nobody.
      this.#options.logger.warn(
        'recordings.purge_not_noted',
        'An older copy may bring them back.',
        {
          error: messageOf(error),
        },
      );
    }
  }

  #filesOf(one: Doomed): string[] {
    const own = pathsOf(one);
    const { companionsOf = () => [] } = this.#options;
    return [...own, ...own.flatMap(companionsOf), ...(JSON.parse(one.derived) as string[])];
  }
}

function pathsOf({ raw_path, processed_path }: Doomed): string[] {
  return [raw_path, processed_path].filter((path) => path !== null);
}
