import type { IntegrityStatus, Verdict } from '@shared/model/integrity';
import type { Settings } from '@shared/model/settings';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import { auditLog } from '../database/schema';
import { messageOf } from '../error-message';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { NotAvailableError, NotFoundError } from '../request-error';
import { loopState, type Service, type ServiceStatus } from '../service';
import { compareFiles, integrityOf } from './compare';
import { HaltedError, Pacer } from './pacer';
import { PastCache } from './past-cache';
import { PauseRecord, type Pauser } from './pause-record';
import { type VerifiableRow, VerifiedRows } from './verified-rows';

/** What the job says to people. */
export interface IntegrityAlerts {
  raise(code: string, level: 'warning' | 'critical', evidence: string): void;
  clear(code: string): void;
}

export interface IntegrityOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly dataRoot: string;
  readonly settings: () => Pick<
    Settings['library'],
    'integrity_enabled' | 'integrity_rate_mb' | 'integrity_interval_days'
  >;
  readonly alerts: IntegrityAlerts;
  /** Why nothing is to be read now, e.g. the disk is short; null: it may. Asked often. */
  readonly hold: () => string | null;
  /** Looks at the data disk now. @returns why nothing that is read there can be believed; null: it can */
  readonly mistrust: () => Promise<string | null>;
  /** Do rows wait for their files to be rewritten, when their times are corrected? */
  readonly rewriting: () => boolean;
  /** Does work while nobody renames or rewrites files with their rows. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** A file is gone: it is for the audit to say what that means. */
  readonly onMissing: () => void;
  readonly reader?: PastCache;
}

const DAY_MS = 86_400_000;
/** The first time soon: what is wrong on a new disk shows within days, and the hash itself was made from memory. */
const FIRST_AFTER_MS = DAY_MS;
const DONE_WAIT_MS = 10 * 60_000;
const HELD_WAIT_MS = 30_000;
const RECOUNT_MS = 3_600_000;
/** Sound was lost: nothing is read for so long. */
const AFTER_LOSS_MS = 10 * 60_000;
/** What could not be concluded is tried again after this long. */
const SKIPPED_MS = 3_600_000;
/** Of itself, however small it is: a process is started and a row is written. */
const FILE_COSTS_BYTES = 256 * 1024;
const MISSING_TOLD_EVERY_MS = 10 * 60_000;

/**
 * Reads everything again, slowly, the least recently verified first, and compares it with its hashes. Nothing that it
 * finds is deleted, moved or mended: it is told, with both hashes.
 */
export class IntegrityJob implements Service {
  readonly name = 'integrity';
  readonly #options: IntegrityOptions;
  readonly #logger: Logger;
  readonly #rows: VerifiedRows;
  readonly #reader: PastCache;
  readonly #pause: PauseRecord;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  /** Id to when it may be tried again, monotonic milliseconds. */
  readonly #skipped = new Map<number, number>();
  #loop: Promise<void> | null = null;
  #problem: string | null = null;
  #lossMs = -Infinity;
  #missingToldMs = -Infinity;
  #counted = { total: 0, verified: 0, atMs: -Infinity };
  #roundSinceMs: number | null = null;
  #wholeAtMs: number | null = null;
  #bytesPerS = 0;
  #current: string | null = null;
  #isDone = false;

  constructor(options: IntegrityOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#rows = new VerifiedRows(options.connection);
    this.#pause = new PauseRecord(options.connection, options.clock);
    this.#reader = options.reader ?? new PastCache();
    this.#nudge = new Nudge(options.clock);
  }

  start(): Promise<void> {
    if (this.#loop !== null) return Promise.resolve();
    const { bus } = this.#options;
    bus.on('sound.lost', this.#onLoss);
    bus.on('settings.changed', this.#onChange);
    bus.on('data_disk.changed', this.#onChange);
    this.#loop = this.#run();
    return Promise.resolve();
  }

  /** In the middle of a file, too: it is read again from its start. */
  async stop(): Promise<void> {
    const { bus } = this.#options;
    this.#abort.abort();
    this.#nudge.nudge();
    bus.off('sound.lost', this.#onLoss);
    bus.off('settings.changed', this.#onChange);
    bus.off('data_disk.changed', this.#onChange);
    await this.#loop;
  }

  status(): ServiceStatus {
    const { corrupt, missing, unreadable } = this.#rows.damage();
    return {
      name: this.name,
      state: loopState({
        stopping: this.#abort.signal,
        started: this.#loop !== null,
        well: this.#problem === null,
      }),
      details: this.#problem ?? '',
      counters: {
        state: this.#stateNow().state,
        total: this.#counted.total,
        verified: this.#counted.verified,
        corrupt,
        missing,
        unreadable,
        read_as: this.#reader.way,
      },
    };
  }

  /** How far it is. */
  progress(): IntegrityStatus {
    const { total, verified } = this.#counted;
    return {
      ...this.#stateNow(),
      paused: this.#pause.paused,
      total,
      verified: Math.min(verified, total),
      ...this.#rows.damage(),
      roundSince: this.#roundSinceMs === null ? null : toInstant(this.#roundSinceMs),
      wholeAt: this.#wholeAtMs === null ? null : toInstant(this.#wholeAtMs),
      bytesPerS: this.#bytesPerS,
      current: this.#current,
    };
  }

  /** Until `resume`, also over restarts. @throws better-sqlite3's SqliteError */
  pause(by: Pauser): IntegrityStatus {
    this.#pause.pause(by);
    return this.progress();
  }

  /** @throws better-sqlite3's SqliteError */
  resume(by: Pauser): IntegrityStatus {
    this.#pause.resume(by);
    this.#nudge.nudge();
    return this.progress();
  }

  /**
   * Reads the files of one recording now, as fast as they can be read.
   * @throws NotFoundError; NotAvailableError while the disk is away: its files are not missing;
   * better-sqlite3's SqliteError
   */
  async verify(recordingId: number): Promise<Verdict[]> {
    await this.#refuseMistrusted();
    const row = this.#rows.get(recordingId);
    if (row === null || row.local_deleted === 1) {
      throw new NotFoundError('recording', String(recordingId));
    }
    const { dataRoot } = this.#options;
    const verdicts = await compareFiles(this.#reader, dataRoot, row, () => Promise.resolve());
    // It may have gone while it was read.
    if (verdicts.some(({ result }) => result !== 'ok')) await this.#refuseMistrusted();
    await this.#conclude(row, verdicts);
    return verdicts;
  }

  async #refuseMistrusted(): Promise<void> {
    const problem = await this.#options.mistrust();
    if (problem !== null) throw new NotAvailableError('data_disk', problem);
  }

  readonly #onLoss = (): void => {
    this.#lossMs = this.#options.clock.monotonicMs();
  };

  readonly #onChange = (): void => {
    this.#nudge.nudge();
  };

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await this.#turn();
        this.#problem = null;
      } catch (error) {
        this.#problem = messageOf(error);
        this.#logger.error('integrity.failed', 'Files could not be verified; tried again.', {
          error,
        });
        waitMs = HELD_WAIT_MS;
      }
      this.#current = null;
      if (waitMs > 0) await this.#nudge.wait(waitMs, signal);
    }
  }

  /** @returns for how long to wait then, milliseconds */
  async #turn(): Promise<number> {
    const { clock, settings } = this.#options;
    await this.#recount();
    if (this.#why() !== null) return HELD_WAIT_MS;
    const nowMs = clock.wallMs();
    const dueMs = nowMs - settings().integrity_interval_days * DAY_MS;
    const row = this.#rows.next(dueMs, nowMs - FIRST_AFTER_MS, this.#isWanted);
    this.#isDone = row === null;
    if (row === null) {
      this.#roundSinceMs = null;
      // What could not be concluded is due still.
      if (this.#skipped.size === 0) this.#wholeAtMs = nowMs;
      this.#tell(null);
      return DONE_WAIT_MS;
    }
    this.#roundSinceMs ??= nowMs;
    await this.#verifySlowly(row);
    return 0;
  }

  async #verifySlowly(row: VerifiableRow): Promise<void> {
    const { clock, dataRoot, settings } = this.#options;
    const halt = (): string | null => this.#why()?.detail ?? null;
    const rate = (): number => settings().integrity_rate_mb * 1e6;
    const pacer = new Pacer(clock, rate, halt, this.#abort.signal);
    this.#current = row.raw_path ?? row.processed_path;
    const startedMs = clock.monotonicMs();
    let bytes = 0;
    try {
      await pacer.spend(FILE_COSTS_BYTES);
      const verdicts = await compareFiles(this.#reader, dataRoot, row, async (read) => {
        bytes += read;
        await pacer.spend(read);
      });
      this.#bytesPerS = bytes / Math.max(0.001, (clock.monotonicMs() - startedMs) / 1000);
      if (!(await this.#conclude(row, verdicts))) this.#skip(row.id);
      if (verdicts.some(({ result }) => result === 'missing')) this.#tellMissing();
    } catch (error) {
      if (!(error instanceof HaltedError)) {
        this.#skip(row.id);
        throw error;
      }
    }
  }

  /**
   * Writes what was found, unless the row speaks of other files by now, or nothing that was read can be believed.
   * @returns whether it was written
   */
  async #conclude(row: VerifiableRow, verdicts: readonly Verdict[]): Promise<boolean> {
    const { bus, clock, mistrust, rewriting, alone } = this.#options;
    const integrity = integrityOf(verdicts);
    if (integrity === null) return false;
    const write = (): boolean => this.#rows.write(row, clock.wallMs(), integrity);
    let written = false;
    if (integrity === 'ok') {
      written = write();
    } else {
      if ((await mistrust()) !== null) return false;
      // A file that is just being given its right time is another one than its row says, for a moment.
      await alone(() => {
        written = (row.clock_unsynced === 0 || !rewriting()) && write();
        return Promise.resolve();
      });
    }
    if (!written) return false;
    this.#counted.verified += 1;
    for (const verdict of verdicts) this.#note(verdict);
    if ((row.integrity ?? 'ok') !== integrity) bus.emit('recordings.changed', { recordings: 1 });
    if (integrity !== 'ok' || row.integrity !== integrity) {
      this.#tell(verdicts.find(({ result }) => result === integrity) ?? null);
    }
    return true;
  }

  /** What is wrong with a file, where nobody rewrites it. */
  #note(verdict: Verdict): void {
    const { result, detail, path, expected, found } = verdict;
    if (result === 'ok' && detail !== '') {
      this.#logger.warn('integrity.flaky', detail, { path });
    }
    if (result === 'ok' || result === 'no_hash') return;
    const { connection, clock } = this.#options;
    this.#logger.error(`integrity.${result}`, detail, { path, expected, found });
    connection.db
      .insert(auditLog)
      .values({
        atMs: clock.wallMs(),
        actor: 'station',
        action: `integrity.${result}`,
        subject: path,
        oldValue: expected,
        newValue: { found, detail, recordingId: verdict.recordingId },
      })
      .run();
  }

  /** Keeps the alerts equal to the rows. @param news what was just found */
  #tell(news: Verdict | null): void {
    const { alerts } = this.#options;
    const damage = this.#rows.damage();
    for (const kind of ['corrupt', 'unreadable'] as const) {
      const count = damage[kind];
      if (count === 0) alerts.clear(`integrity.${kind}`);
      else if (news?.result === kind) {
        alerts.raise(`integrity.${kind}`, 'critical', evidenceOf(news, count));
      }
    }
  }

  #tellMissing(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#missingToldMs < MISSING_TOLD_EVERY_MS) return;
    this.#missingToldMs = nowMs;
    this.#options.onMissing();
  }

  #stateNow(): Pick<IntegrityStatus, 'state' | 'detail'> {
    const idle = this.#isDone ? { state: 'done' as const, detail: 'Nothing is due.' } : null;
    return this.#why() ?? idle ?? { state: 'running', detail: '' };
  }

  /** Why nothing is read now; null: it is. */
  #why(): Pick<IntegrityStatus, 'state' | 'detail'> | null {
    const { clock, hold, settings } = this.#options;
    if (!settings().integrity_enabled) {
      return { state: 'paused', detail: 'It is switched off in the settings.' };
    }
    if (this.#pause.paused !== null) return { state: 'paused', detail: 'Somebody paused it.' };
    if (this.#loop === null) return { state: 'paused', detail: 'No console runs.' };
    const held = hold();
    if (held !== null) return { state: 'resting', detail: held };
    if (clock.monotonicMs() - this.#lossMs < AFTER_LOSS_MS) {
      return { state: 'resting', detail: 'A recorder lost sound a short time ago.' };
    }
    return null;
  }

  async #recount(): Promise<void> {
    const { clock, settings } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#counted.atMs < RECOUNT_MS) return;
    const sinceMs = clock.wallMs() - settings().integrity_interval_days * DAY_MS;
    this.#counted = { ...(await this.#rows.count(sinceMs)), atMs: nowMs };
  }

  readonly #isWanted = (id: number): boolean =>
    (this.#skipped.get(id) ?? -Infinity) <= this.#options.clock.monotonicMs();

  #skip(id: number): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [skipped, untilMs] of this.#skipped) {
      if (untilMs <= nowMs) this.#skipped.delete(skipped);
    }
    this.#skipped.set(id, nowMs + SKIPPED_MS);
  }
}

function evidenceOf({ path, expected, found, detail }: Verdict, count: number): string {
  const hashes = expected === null || found === null ? '' : `recorded ${expected}, now ${found}; `;
  const others = count === 1 ? '' : `; ${String(count)} recordings in all`;
  return `${path}: ${hashes}${detail}${others}`;
}
