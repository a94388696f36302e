import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditReport, AuditStatus } from '@shared/model/integrity';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import { auditLog } from '../database/schema';
import { messageOf } from '../error-message';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../service';
import { type AuditAnswer, compareRowsWithFiles } from './audit-comparison';
import { AuditRows, type Marked } from './audit-rows';
import { refusalOf } from './audit-verdict';

/** What the audit says to people. */
export interface AuditAlerts {
  raise(code: string, level: 'warning' | 'critical', evidence: string): void;
  clear(code: string): void;
}

/** Whoever makes rows of files. */
export interface AuditedIndexer {
  /** Registers every file that has no row, whatever was believed of it before. */
  registerAll(signal: AbortSignal): Promise<{ registered: number; healed: number }>;
  /** Does work on files and rows while nothing else does. */
  alone(work: () => Promise<void>): Promise<void>;
  /** These files are not known any more. */
  forget(paths: readonly string[]): void;
}

export interface AuditOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly dataRoot: string;
  /** The built or source `audit-worker`. */
  readonly workerUrl: URL;
  readonly indexer: AuditedIndexer;
  /** Removes again what was purged and is back with a restored database. @returns recordings */
  readonly replayPurges?: (signal: AbortSignal) => Promise<number>;
  /** Registers imported files that have no row, by what lies beside them. */
  readonly registerImported: (
    signal: AbortSignal,
  ) => Promise<{ registered: number; healed: number }>;
  /** Looks at the data disk now. @returns why nothing that is read there can be believed; null: it can */
  readonly mistrust: () => Promise<string | null>;
  readonly alerts: AuditAlerts;
}

/** Rows that are written at once: each asks for two files. */
const SLICE = 20;
/** What was refused, or failed, is tried again after this long. */
const AGAIN_MS = 10 * 60_000;
/** A day's end of one that went well: nothing but a person, a start or a disk that comes back asks for another. */
const REST_MS = 7 * 86_400_000;
const PATHS_TOLD = 20;

/**
 * Compares rows with files, both ways: once at start, when a disk comes back, and when somebody asks. A row of which
 * any file is missing is marked, a file without a row gets one. Where most would be marked, nothing is.
 */
export class Audit implements Service {
  readonly name = 'audit';
  readonly #options: AuditOptions;
  readonly #logger: Logger;
  readonly #rows: AuditRows;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  #loop: Promise<void> | null = null;
  /** By whether a loss is accepted: asked for, and not begun. */
  readonly #waiting = new Map<boolean, Promise<AuditReport>>();
  /** Settled when all that was asked for is done. */
  #done: Promise<unknown> = Promise.resolve();
  #running = false;
  #last: { readonly atMs: number; readonly report: AuditReport } | null = null;
  #problem: string | null = null;

  constructor(options: AuditOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#rows = new AuditRows(options.connection, options.dataRoot);
    this.#nudge = new Nudge(options.clock);
  }

  /** Nobody waits for the first one: a season is read for minutes. */
  start(): Promise<void> {
    if (this.#loop !== null) return Promise.resolve();
    this.#options.bus.on('data_disk.changed', this.#onDisk);
    this.#loop = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nudge.nudge();
    this.#options.bus.off('data_disk.changed', this.#onDisk);
    await this.#loop;
    await this.#done;
  }

  status(): ServiceStatus {
    const refused = this.#last?.report.refused ?? null;
    return {
      name: this.name,
      state: loopState({
        stopping: this.#abort.signal,
        started: this.#loop !== null,
        well: this.#problem === null && refused === null,
      }),
      details: this.#problem ?? refused ?? '',
      counters: {
        last_audit_at: this.#last === null ? null : toInstant(this.#last.atMs),
        running: this.#running ? 1 : 0,
        marked_missing: this.#last?.report.markedMissing ?? 0,
        healed: this.#last?.report.healed ?? 0,
        registered: this.#last?.report.registered ?? 0,
      },
    };
  }

  /** How it stands, for people. */
  progress(): AuditStatus {
    const last = this.#last;
    return {
      running: this.#running,
      problem: this.#problem,
      last: last === null ? null : { at: toInstant(last.atMs), report: last.report },
    };
  }

  /**
   * Carries one out that begins now, or when the one under way is done: whoever asks wants to know of the present.
   * @param acceptLoss a person says that the files are really gone: mark even most of them
   * @throws better-sqlite3's SqliteError; Node's errors when files cannot be asked for
   */
  now(acceptLoss = false): Promise<AuditReport> {
    const waiting = this.#waiting.get(acceptLoss);
    if (waiting !== undefined) return waiting;
    const report = this.#done.then(() => {
      this.#waiting.delete(acceptLoss);
      return this.#carryOut(acceptLoss);
    });
    this.#waiting.set(acceptLoss, report);
    this.#done = report.catch(() => undefined);
    return report;
  }

  readonly #onDisk = ({ state }: { readonly state: string }): void => {
    if (state === 'ok') this.#nudge.nudge();
  };

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      let waitMs = AGAIN_MS;
      try {
        const { refused } = await this.now();
        if (refused === null) waitMs = REST_MS;
      } catch (error) {
        this.#logger.error('audit.failed', 'Rows and files could not be compared; tried again.', {
          error,
        });
      }
      await this.#nudge.wait(waitMs, signal);
    }
  }

  async #carryOut(acceptLoss: boolean): Promise<AuditReport> {
    this.#running = true;
    try {
      const report = await this.#compareAndMark(acceptLoss);
      this.#problem = null;
      if (report === null) return { ...NOTHING, refused: 'The station is stopping.' };
      this.#last = { atMs: this.#options.clock.wallMs(), report };
      this.#tell(report);
      return report;
    } catch (error) {
      this.#problem = messageOf(error);
      throw error;
    } finally {
      this.#running = false;
    }
  }

  /** @returns null when it was stopped */
  async #compareAndMark(acceptLoss: boolean): Promise<AuditReport | null> {
    const { connection, dataRoot, workerUrl, indexer, registerImported, mistrust } = this.#options;
    const { signal } = this.#abort;
    const before = await mistrust();
    if (before !== null) return { ...NOTHING, refused: before };
    // Nobody misses what was purged.
    this.#tellPage((await this.#options.replayPurges?.(signal)) ?? 0);
    const recorded = await indexer.registerAll(signal);
    const imported = await registerImported(signal);
    const order = { databaseFile: connection.sqlite.name, dataRoot };
    const compared = await compareRowsWithFiles(workerUrl, order, signal);
    if (compared === null) return null;
    for (const { folder, problem } of compared.folders) {
      if (problem !== null) this.#logger.warn('audit.folder_unreadable', problem, { folder });
    }
    const { rows } = compared;
    const registered = recorded.registered + imported.registered;
    const healed = recorded.healed + imported.healed;
    // A disk that went meanwhile has taken its files along.
    const refused =
      (await mistrust()) ??
      refusalOf({ ...compared, missing: compared.missing.length }, acceptLoss);
    if (refused !== null) return { refused, rows, markedMissing: 0, healed, registered };
    const nowMs = this.#options.clock.wallMs();
    this.#tellPage(imported.registered + imported.healed);
    const missing = await this.#inSlices(compared.missing, (ids) =>
      this.#rows.markMissing(ids, nowMs),
    );
    const back = await this.#inSlices(compared.back, (ids) => this.#rows.takeBack(ids));
    if (missing.count > 0) this.#write(missing, acceptLoss);
    // That nothing more is gone does not bring back what an earlier one has told of.
    else if (allLooksThere(compared) && !signal.aborted) {
      this.#options.alerts.clear('recordings.missing');
    }
    return {
      refused,
      rows,
      markedMissing: missing.count,
      healed: healed + back.count,
      registered,
    };
  }

  async #inSlices(
    ids: Float64Array,
    change: (ids: readonly number[]) => Promise<Marked>,
  ): Promise<{ count: number; first: string[] }> {
    const { indexer } = this.#options;
    const changed = { count: 0, first: [] as string[] };
    try {
      for (let at = 0; at < ids.length && !this.#abort.signal.aborted; at += SLICE) {
        await indexer.alone(async () => {
          const { recordings, paths } = await change([...ids.subarray(at, at + SLICE)]);
          indexer.forget(paths);
          changed.count += recordings.length;
          const room = PATHS_TOLD - changed.first.length;
          changed.first.push(...recordings.slice(0, room).map(({ path }) => path));
        });
        await nextTurn();
      }
    } finally {
      this.#tellPage(changed.count);
    }
    return changed;
  }

  /** Rows that are shown say something else now. */
  #tellPage(recordings: number): void {
    if (recordings > 0) this.#options.bus.emit('recordings.changed', { recordings });
  }

  /** Nothing else will tell later what was there. */
  #write(missing: { count: number; first: string[] }, acceptLoss: boolean): void {
    const { connection, clock, alerts } = this.#options;
    connection.db
      .insert(auditLog)
      .values({
        atMs: clock.wallMs(),
        actor: 'station',
        action: 'recordings.missing',
        subject: 'recordings',
        newValue: { ...missing, acceptLoss },
      })
      .run();
    const evidence = `${String(missing.count)} recording(s) of which a file is gone that the station did not remove; first: ${missing.first[0] ?? ''}`;
    this.#logger.warn('recordings.missing', evidence, { first: missing.first });
    alerts.raise('recordings.missing', 'warning', evidence);
  }

  #tell(report: AuditReport): void {
    const { alerts, bus } = this.#options;
    const { refused, ...counts } = report;
    if (refused !== null) {
      this.#logger.error('audit.refused', refused, counts);
      alerts.raise('audit.refused', 'critical', refused);
      return;
    }
    alerts.clear('audit.refused');
    this.#logger.info('audit.done', 'Rows and files were compared.', counts);
    bus.emit('audit.passed', counts);
  }
}

function allLooksThere({ goneBefore, folders }: AuditAnswer): boolean {
  return goneBefore === 0 && folders.every(({ problem }) => problem === null);
}

const NOTHING: AuditReport = {
  refused: null,
  rows: 0,
  markedMissing: 0,
  healed: 0,
  registered: 0,
};
