import { stat } from 'node:fs/promises';
import type { Backup, DatabaseStatus } from '@shared/model/database';
import type { Settings } from '@shared/model/settings';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Backup as BackupFile } from '../database/backup-plan';
import type { Connection } from '../database/connection';
import { isDamage, isDiskTrouble } from '../database/damage';
import type { JobThread } from '../database/job-thread';
import { clearMark, type Restoration } from '../database/marks';
import { PurgeList } from '../database/purge-list';
import type { OpenReport } from '../database/open';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../service';
import type { AlertSink } from './alert-sink';
import { BackupKeeper } from './backup-keeper';
import { DamageWatch } from './damage-watch';
import { outdatedHistory } from './history-plan';
import { LogWatch } from './log-watch';
import { dropOldQuarantine } from './quarantined';

const LOOK_MS = 15_000;
const FIRST_TIDYING_MS = 120_000;
const TIDYING_MS = 3_600_000;
/** A large database is read whole when the start is over. */
const FIRST_CHECK_MS = 60_000;
/** So much stays in the file for what is written next … */
const KEPT_FREE_BYTES = 8 * 1024 * 1024;
/** … and at most so much is given back at a time. */
const GIVEN_BACK_BYTES = 64 * 1024 * 1024;
/** People are told of a restored database for so long at least. */
const TOLD_MS = 24 * 3_600_000;

export interface DatabaseUpkeepOptions {
  readonly connection: Connection;
  readonly file: string;
  readonly backupDir: string;
  readonly opened: Pick<OpenReport, 'readWhole' | 'clearedSuspicion' | 'restoration'>;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly alerts: AlertSink;
  readonly settings: () => Settings['history'];
  readonly clockTrusted: () => boolean;
  readonly diskUsable: () => boolean;
  /** For what reads much, and for what writes a little at a time. */
  readonly threads: { readonly patient: JobThread; readonly brisk: JobThread };
}

/**
 * Keeps the database well while it is in use: short log, verified copies, no damage that nobody notices, a past that is
 * bounded, and no more disk than it needs. All long work is a worker's.
 */
export class DatabaseUpkeep implements Service {
  readonly name = 'database';
  /** What was purged, for when an older copy takes the database's place. */
  readonly purges: PurgeList;
  readonly #options: DatabaseUpkeepOptions;
  readonly #logger: Logger;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  readonly #backups: BackupKeeper;
  readonly #damage: DamageWatch;
  readonly #log: LogWatch;
  readonly #createdMs: number;
  #loop: Promise<void> | null = null;
  #failure: string | null = null;
  #restoration: Restoration | null;
  #lastCheck: DatabaseStatus['lastCheck'] = null;
  #isDoubted = false;
  #slow = { statements: 0, longestMs: 0 };
  #nextTidyingMs: number;

  constructor(options: DatabaseUpkeepOptions) {
    this.#options = options;
    const { file, clock, bus, alerts, opened, diskUsable } = options;
    this.#logger = options.logger.forService(this.name);
    this.#nudge = new Nudge(clock);
    this.#log = new LogWatch(file);
    this.purges = new PurgeList(file);
    this.#createdMs = clock.monotonicMs();
    this.#nextTidyingMs = this.#createdMs + FIRST_TIDYING_MS;
    this.#restoration = opened.restoration;
    if (opened.readWhole) this.#lastCheck = { at: toInstant(clock.wallMs()), damage: null };
    this.#backups = new BackupKeeper({
      ...options,
      logger: this.#logger,
      copy: (target) => options.threads.patient.run('copy', { file, target }),
      stopping: this.#abort.signal,
      onRead: (damage) => this.#copyWasRead(damage),
    });
    this.#damage = new DamageWatch({
      file,
      clock,
      bus,
      logger: this.#logger,
      alerts,
      diskUsable,
      wasCleared: opened.clearedSuspicion !== null,
      saveOpenFile: async () => {
        await this.#backups.now('lost-file', (target) => this.#copyOpen(target));
      },
    });
  }

  async start(): Promise<void> {
    if (this.#loop !== null) return;
    const { bus } = this.#options;
    bus.on('audit.passed', this.#onAudit);
    bus.on('settings.changed', this.#onSettings);
    await this.#damage.look();
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    const { bus, threads } = this.#options;
    bus.off('audit.passed', this.#onAudit);
    bus.off('settings.changed', this.#onSettings);
    this.#abort.abort();
    this.#nudge.nudge();
    threads.patient.close();
    threads.brisk.close();
    await this.#loop;
  }

  status(): ServiceStatus {
    const problem = this.#damage.reason ?? this.#backups.problem ?? this.#failure;
    const [newest] = this.#backups.known;
    return {
      name: this.name,
      state: loopState({
        stopping: this.#abort.signal,
        started: this.#loop !== null,
        well: problem === null,
      }),
      details: problem ?? '',
      counters: {
        backups: this.#backups.known.length,
        last_backup_at: newest === undefined ? null : toInstant(newest.atMs),
        log_bytes: this.#log.bytes,
      },
    };
  }

  /** A backup or nothing took the place of what knew all: until an audit has passed, deletions are planned only. */
  deletionsHeld(): boolean {
    return this.#restoration !== null;
  }

  /** For the watch of the statements: SQLite said that the file is damaged. */
  suspect(reason: string): void {
    this.#damage.suspect(reason);
  }

  /**
   * For whoever asks the database in a thread: what SQLite said. Damage is taken for what it is. A file that cannot be
   * read may have gone with its disk: then it is read whole at the next look, which tells.
   */
  noteError(error: unknown): void {
    if (isDamage(error)) this.suspect(error.message);
    else if (isDiskTrouble(error)) this.#isDoubted = true;
  }

  /** Empties the log now, so that nothing of what was removed stays in it. Not while somebody reads from it. */
  async emptyLog(): Promise<void> {
    const { file, threads } = this.#options;
    const { logBytes } = await threads.brisk.run('checkpoint', { file });
    this.#log.emptied(logBytes);
  }

  /** For the watch of the statements: some held up the station, the longest for so long. */
  noteSlow(statements: number, longestMs: number): void {
    this.#slow = {
      statements: this.#slow.statements + statements,
      longestMs: Math.max(this.#slow.longestMs, longestMs),
    };
  }

  /** @throws NotAvailableError when there is no room, or nothing sound to copy */
  async backUp(): Promise<Backup> {
    return described(await this.#backups.now('by-hand'));
  }

  async describe(): Promise<DatabaseStatus> {
    const { file } = this.#options;
    const [sizeBytes, logBytes] = await Promise.all([sizeOf(file), sizeOf(`${file}-wal`)]);
    const backups = await this.#backups.list();
    const restored = this.#restoration;
    return {
      sizeBytes,
      logBytes,
      freeBytes: this.#freeBytes(),
      backups: backups.map(described),
      backingUp: this.#backups.busy,
      backupProblem: this.#backups.problem,
      lastCheck: this.#lastCheck,
      slow: this.#slow,
      restored:
        restored === null
          ? null
          : {
              at: toInstant(restored.atMs),
              reason: restored.reason,
              from: restored.restoredFrom,
            },
    };
  }

  readonly #onAudit = (): void => {
    if (this.#restoration === null) return;
    this.#logger.info(
      'database.trusted',
      'An audit has passed: the restored database knows what there is.',
    );
    this.#restoration = null;
    clearMark(this.#options.file, 'restored').catch((error: unknown) => {
      this.#logger.warn('database.mark_failed', 'A note could not be removed.', { error });
    });
  };

  readonly #onSettings = ({ keys }: { readonly keys: readonly string[] }): void => {
    if (!keys.some((key) => key.startsWith('history.'))) return;
    this.#nextTidyingMs = -Infinity;
    this.#nudge.nudge();
  };

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    for (;;) {
      await this.#nudge.wait(LOOK_MS, signal);
      if (signal.aborted) return;
      try {
        await this.#turn();
        this.#failure = null;
      } catch (error) {
        if (this.#stopping()) return;
        if (isDamage(error)) this.suspect(error.message); // met by a job of ours
        this.#failure = 'Its upkeep does not get through; it is tried again.';
        this.#logger.error('database.upkeep_failed', this.#failure, { error });
      }
    }
  }

  #stopping(): boolean {
    return this.#abort.signal.aborted;
  }

  async #turn(): Promise<void> {
    await this.#damage.look();
    if (this.#damage.reason !== null) return; // nothing is done to it any more but opening it anew
    await this.#shortenLog();
    if (!this.#options.diskUsable()) return;
    await this.#backups.turn();
    await this.#readWhole();
    await this.#tidy();
  }

  async #shortenLog(): Promise<void> {
    const { file, clock, threads } = this.#options;
    if (!(await this.#log.look(clock.monotonicMs()))) return;
    const { logBytes } = await threads.brisk.run('checkpoint', { file });
    this.#log.emptied(logBytes);
  }

  /** What was only looked at here and there when it was opened. */
  async #readWhole(): Promise<void> {
    const { clock } = this.#options;
    if (this.#isDoubted) {
      await this.#check();
      return;
    }
    if (this.#lastCheck !== null || clock.monotonicMs() - this.#createdMs < FIRST_CHECK_MS) return;
    await this.#check();
  }

  async #check(): Promise<void> {
    const { file, clock, threads } = this.#options;
    const damage = await threads.patient.run('check', { file, depth: 'quick' });
    this.#lastCheck = { at: toInstant(clock.wallMs()), damage };
    this.#isDoubted = false;
    if (damage !== null) this.#damage.suspect(damage);
  }

  async #copyWasRead(damage: string | null): Promise<void> {
    // Damaged on its way, or there already? Only the original tells.
    if (damage !== null) await this.#check();
    else this.#lastCheck = { at: toInstant(this.#options.clock.wallMs()), damage: null };
  }

  /** What has no name any more can only be read by who has it open. In slices, so that the loop goes on. */
  async #copyOpen(target: string): Promise<string | null> {
    const { connection, threads } = this.#options;
    await connection.sqlite.backup(target);
    return threads.patient.run('finish', { target });
  }

  async #tidy(): Promise<void> {
    const { file, clock, settings, clockTrusted, threads } = this.#options;
    if (clock.monotonicMs() < this.#nextTidyingMs) return;
    this.#nextTidyingMs = clock.monotonicMs() + TIDYING_MS;
    const gone: Record<string, number> = {};
    // A wrong clock would make everything old.
    const outdated = clockTrusted() ? outdatedHistory(settings(), clock.wallMs()) : [];
    for (const { table, where, values } of outdated) {
      if (this.#stopping()) return;
      gone[table] = (await threads.brisk.run('delete', { file, table, where, values })).rows;
    }
    const files = await this.#dropOldCopies();
    const rows = Object.values(gone).reduce((sum, count) => sum + count, 0);
    if (rows + files.length > 0) {
      this.#logger.info('history.pruned', 'What was too old was removed.', { ...gone, files });
    }
    await this.#giveBack();
    this.#forgetRestoring();
  }

  /** They hold what was removed since, names and notes too. @returns the names of those that went */
  async #dropOldCopies(): Promise<string[]> {
    const { file, clock, clockTrusted } = this.#options;
    const nowMs = clockTrusted() ? clock.wallMs() : null;
    const gone = [
      ...(await dropOldQuarantine(file, nowMs)),
      ...(nowMs === null ? [] : await this.#backups.dropOutdated(nowMs)),
    ];
    const oldestMs = Math.min(...this.#backups.known.map(({ atMs }) => atMs), nowMs ?? -Infinity);
    // One that says it is of the future is of nobody knows when.
    const isTold = this.#backups.known.every(({ atMs }) => nowMs !== null && atMs <= nowMs);
    if (isTold && nowMs !== null) await this.purges.forgetBefore(oldestMs);
    return gone;
  }

  async #giveBack(): Promise<void> {
    const { connection, file, threads } = this.#options;
    const excess = Math.min(this.#freeBytes() - KEPT_FREE_BYTES, GIVEN_BACK_BYTES);
    if (excess <= 0 || connection.sqlite.pragma('auto_vacuum', { simple: true }) !== 2) return;
    await threads.brisk.run('vacuum', { file, pages: Math.ceil(excess / this.#pageBytes()) });
  }

  #forgetRestoring(): void {
    const { clock, alerts } = this.#options;
    if (this.#restoration !== null || clock.monotonicMs() - this.#createdMs < TOLD_MS) return;
    alerts.clear('database.restored');
    alerts.clear('database.rebuilt');
  }

  #freeBytes(): number {
    const { sqlite } = this.#options.connection;
    return (sqlite.pragma('freelist_count', { simple: true }) as number) * this.#pageBytes();
  }

  #pageBytes(): number {
    return this.#options.connection.sqlite.pragma('page_size', { simple: true }) as number;
  }
}

function described({ name, atMs, why, sizeBytes }: BackupFile): Backup {
  return { name, at: toInstant(atMs), why, sizeBytes };
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}
