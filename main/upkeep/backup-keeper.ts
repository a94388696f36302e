import type { Settings } from '@shared/model/settings';
import type { Clock } from '../clock/clock';
import {
  backUp,
  DamagedCopyError,
  dropBackups,
  listBackups,
  type MakeCopy,
} from '../database/backup';
import { type Backup, isBackupDue, outdatedOf } from '../database/backup-plan';
import type { Logger } from '../logging/logger';
import { NotAvailableError } from '../request-error';
import { StationError } from '../station-error';
import type { AlertSink } from './alert-sink';
import { messageOf } from '../error-message';

const HOUR_MS = 3_600_000;
/** After a failure. */
const RETRY_MS = 10 * 60_000;
/** A start has enough to do. */
const FIRST_MS = 2 * 60_000;

export interface BackupKeeperOptions {
  readonly file: string;
  readonly backupDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly alerts: AlertSink;
  readonly settings: () => Settings['history'];
  readonly clockTrusted: () => boolean;
  readonly diskUsable: () => boolean;
  readonly copy: MakeCopy;
  /** The console ends: a copy that is broken off by that is no failure. */
  readonly stopping: AbortSignal;
  /** A copy was read whole: `damage` is what is wrong with it, or null. */
  readonly onRead: (damage: string | null) => Promise<void>;
}

/** Makes verified copies of the database, when it is time and when somebody asks. */
export class BackupKeeper {
  readonly #options: BackupKeeperOptions;
  #backups: readonly Backup[] = [];
  #making: Promise<Backup> | null = null;
  #problem: string | null = null;
  #madeAtMs: number | null = null;
  #failedAtMs = -Infinity;
  readonly #createdMs: number;

  constructor(options: BackupKeeperOptions) {
    this.#options = options;
    this.#createdMs = options.clock.monotonicMs();
  }

  /** Why the last one came to nothing; null: it did not. */
  get problem(): string | null {
    return this.#problem;
  }

  get busy(): boolean {
    return this.#making !== null;
  }

  /** As of the last look, the newest first. */
  get known(): readonly Backup[] {
    return this.#backups;
  }

  async list(): Promise<readonly Backup[]> {
    const { backupDir, clock } = this.#options;
    this.#backups = await listBackups(backupDir, clock.wallMs());
    return this.#backups;
  }

  /** Lets go of copies of before migrations that are too old. @param nowMs by a clock that is known to be right */
  async dropOutdated(nowMs: number): Promise<string[]> {
    const names = outdatedOf(await this.list(), nowMs).map(({ name }) => name);
    await dropBackups(this.#options.backupDir, names);
    if (names.length > 0) await this.list();
    return names;
  }

  /** Makes one if it is time. Never throws: what hinders it is an alert. */
  async turn(): Promise<void> {
    const { clock, settings, clockTrusted, diskUsable } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#createdMs < FIRST_MS || nowMs - this.#failedAtMs < RETRY_MS) return;
    if (!diskUsable()) return;
    const due = isBackupDue({
      backups: await this.list(),
      nowMs: clock.wallMs(),
      intervalMs: settings().backup_interval_hours * HOUR_MS,
      sinceMadeMs: this.#madeAtMs === null ? null : nowMs - this.#madeAtMs,
      clockTrusted: clockTrusted(),
    });
    if (due) await this.#make('scheduled').catch(() => undefined);
  }

  /**
   * Makes one at once. Whoever asks while one is being made gets that.
   * @param copy how, where not as ever
   * @throws NotAvailableError when there is no room, or nothing sound to copy
   */
  async now(why: string, copy?: MakeCopy): Promise<Backup> {
    try {
      return await this.#make(why, copy);
    } catch (error) {
      if (error instanceof StationError && error.code === 'NO_ROOM_FOR_BACKUP') {
        throw new NotAvailableError('no_room', error.message);
      }
      if (error instanceof DamagedCopyError) {
        throw new NotAvailableError('database_damaged', error.message);
      }
      throw error;
    }
  }

  #make(why: string, copy = this.#options.copy): Promise<Backup> {
    this.#making ??= this.#copy(why, copy).finally(() => {
      this.#making = null;
    });
    return this.#making;
  }

  async #copy(why: string, copy: MakeCopy): Promise<Backup> {
    const { file, backupDir, clock, logger, alerts, settings, onRead } = this.#options;
    const fromMs = clock.monotonicMs();
    try {
      const kept = settings().backups_kept;
      const made = await backUp(copy, { file, backupDir, why, nowMs: clock.wallMs(), kept });
      this.#madeAtMs = clock.monotonicMs();
      this.#failedAtMs = -Infinity;
      this.#problem = null;
      alerts.clear('database.backup_failed');
      const { name, sizeBytes } = made;
      const durationMs = Math.round(this.#madeAtMs - fromMs);
      logger.info('database.backed_up', 'The database was copied, and the copy is whole.', {
        name,
        sizeBytes,
        durationMs,
      });
      await onRead(null);
      await this.list();
      return made;
    } catch (error) {
      if (this.#options.stopping.aborted) throw error;
      this.#failedAtMs = clock.monotonicMs();
      this.#problem = messageOf(error);
      logger.error('database.backup_failed', 'The database could not be copied; tried again.', {
        error,
      });
      alerts.raise('database.backup_failed', 'warning', this.#problem);
      if (error instanceof DamagedCopyError) await onRead(error.damage);
      throw error;
    }
  }
}
