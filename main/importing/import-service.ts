import { lstat, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import type {
  Import,
  ImportItem,
  ImportItemState,
  ImportOptions,
  ImportState,
} from '@shared/model/import';
import type { ServiceStatus } from '@shared/model/station';
import { toInstant } from '@shared/model/time';
import { errorCode } from '../files/error-code';
import type { Logger } from '../logging/logger';
import { ConflictError, InvalidValueError, NotFoundError } from '../request-error';
import type { Service } from '../service';
import { ImportAlerts, type ImportAlertSink } from './import-alerts';
import { emptyTally, type ImportJournal, type ImportRow, type ImportTally } from './import-journal';
import { ImportRun, type ImportRunOptions, type RunEnd } from './import-run';
import { isTimezone } from './local-time';
import { troubleInWords } from './trouble-in-words';

export interface ImportServiceOptions extends ImportRunOptions {
  readonly logger: Logger;
  readonly alerts: ImportAlertSink;
  /** The station's, IANA. */
  readonly timezone: () => string;
}

const WATCH_MS = 100;
/** A reader that hears nothing for longer may believe that the station is gone. */
const HEARTBEAT_MS = 5_000;

/** Brings files from elsewhere into the library, one import at a time; one that was interrupted goes on. */
export class ImportService implements Service {
  readonly name = 'importing';
  readonly #options: ImportServiceOptions;
  readonly #logger: Logger;
  readonly #journal: ImportJournal;
  readonly #alerts: ImportAlerts;
  /** What does not change any more is not counted again. */
  readonly #tallies = new Map<number, ImportTally>();
  #run: ImportRun | null = null;
  #ended: Promise<void> = Promise.resolve();
  #waiting: number[] = [];
  #stopped = false;
  #started = false;

  constructor(options: ImportServiceOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#journal = options.journal;
    this.#alerts = new ImportAlerts(options.alerts);
  }

  /** Goes on with what was interrupted. */
  start(): Promise<void> {
    if (!this.#started) {
      this.#started = true;
      this.#stopped = false;
      // Of one that is forgotten by now nobody can be told more.
      for (const id of this.#alerts.told()) {
        if (this.#journal.get(id) === null) this.#alerts.over(id);
      }
      this.#waiting = this.#journal.unfinished();
      this.#next();
    }
    return Promise.resolve();
  }

  /** The present import rests; the next start takes it up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#started = false;
    this.#run?.halt('paused');
    await this.#ended;
  }

  status(): ServiceStatus {
    const files = this.#run?.progress().tally?.files;
    return {
      name: this.name,
      state: this.#stopped ? 'stopped' : this.#started ? 'ok' : 'starting',
      details: '',
      counters: {
        running_import: this.#run?.id ?? null,
        waiting_count: files?.waiting ?? 0,
      },
    };
  }

  /**
   * Begins an import.
   * @throws InvalidValueError for a path or zone that cannot be, ConflictError while another runs
   */
  async begin(paths: readonly string[], options: ImportOptions): Promise<Import> {
    const { clock } = this.#options;
    const timezone = options.timezone ?? this.#options.timezone();
    if (!isTimezone(timezone)) {
      throw new InvalidValueError('options.timezone', `${timezone} is no time zone`);
    }
    for (const [i, path] of paths.entries()) await this.#checkSource(path, `paths.${String(i)}`);
    this.#refuseWhileRunning();
    const id = this.#journal.begin([...new Set(paths)], { ...options, timezone }, clock.wallMs());
    this.#logger.info('import.started', 'An import begins.', { import: id, paths: paths.length });
    this.#startRun(id);
    return this.get(id);
  }

  /** The newest first. */
  async list(): Promise<Import[]> {
    const list: Import[] = [];
    for (const row of this.#journal.list()) list.push(await this.#told(row));
    return list;
  }

  /** @throws NotFoundError */
  async get(id: number): Promise<Import> {
    return this.#told(this.#row(id));
  }

  /** Changes as they come, ten times a second at most; ends with the run. @throws NotFoundError */
  watch(id: number, signal: AbortSignal): AsyncGenerator<Import, void> {
    this.#row(id);
    return this.#watch(id, signal);
  }

  async *#watch(id: number, signal: AbortSignal): AsyncGenerator<Import, void> {
    const { clock } = this.#options;
    let version = -1;
    let toldMs = -Infinity;
    for (;;) {
      const isRunning = this.#isActive(id);
      const now = this.#run?.id === id ? this.#run.version : -1;
      const isSilent = clock.monotonicMs() - toldMs >= HEARTBEAT_MS;
      if (!isRunning || now !== version || this.#isCopying(id) || isSilent) {
        toldMs = clock.monotonicMs();
        yield await this.get(id);
      }
      if (!isRunning) return;
      version = now;
      // Whoever leaves is not told the end of it.
      if (!(await clock.sleep(WATCH_MS, signal))) return;
    }
  }

  /** @throws NotFoundError */
  async cancel(id: number): Promise<Import> {
    const { state } = this.#row(id);
    if (this.#run?.id === id) {
      this.#run.halt('cancelled');
      await this.#ended;
    } else if (state !== 'done' && state !== 'cancelled') {
      this.#waiting = this.#waiting.filter((one) => one !== id);
      this.#end(id, { state: 'cancelled', problem: null }, 0);
      this.#alerts.over(id);
    }
    return this.get(id);
  }

  /** Goes on with what is not taken yet. @throws NotFoundError; ConflictError while another runs */
  async resume(id: number): Promise<Import> {
    this.#row(id);
    if (this.#run?.id === id) {
      this.#run.tryAgain();
      return this.get(id);
    }
    this.#refuseWhileRunning();
    this.#waiting = this.#waiting.filter((one) => one !== id);
    this.#startRun(id);
    return this.get(id);
  }

  /** @throws NotFoundError */
  items(
    id: number,
    page: {
      readonly state?: ImportItemState | undefined;
      readonly afterId: number;
      readonly limit: number;
    },
  ): ImportItem[] {
    this.#row(id);
    if (!this.#isActive(id)) this.#alerts.seen(id);
    return this.#journal.items(id, page.state, page.afterId, page.limit);
  }

  #row(id: number): ImportRow {
    const row = this.#journal.get(id);
    if (row === null) throw new NotFoundError('import', String(id));
    return row;
  }

  #refuseWhileRunning(): void {
    if (this.#run === null) return;
    const id = String(this.#run.id);
    throw new ConflictError('import_running', id, `Import ${id} is running: one at a time.`);
  }

  async #checkSource(path: string, field: string): Promise<void> {
    if (!isAbsolute(path) || path.includes('\0')) {
      throw new InvalidValueError(field, 'expected an absolute path');
    }
    let real: string;
    try {
      await lstat(path);
      real = await realpath(path);
    } catch (error) {
      const missing = errorCode(error) === 'ENOENT';
      const problem = missing ? `${path} does not exist` : `${path}: ${troubleInWords(error)}`;
      throw new InvalidValueError(field, problem);
    }
    const way = relative(await realpath(this.#options.dataRoot), real);
    const isInside =
      way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
    if (isInside)
      throw new InvalidValueError(field, `${path} lies in the station’s own data folder`);
  }

  #isActive(id: number): boolean {
    return this.#run?.id === id || (!this.#stopped && this.#waiting.includes(id));
  }

  #isCopying(id: number): boolean {
    return this.#run?.id === id && this.#run.progress().unsettledBytes > 0;
  }

  #startRun(id: number): void {
    const { sources, options } = this.#row(id);
    const timezone = options.timezone ?? this.#options.timezone();
    const onWaiting = (problem: string | null): void => {
      this.#tellWaiting(id, sources, problem);
    };
    const wishes = { ...options, timezone };
    const run = new ImportRun(this.#options, { id, sources, wishes, onWaiting });
    this.#tallies.delete(id);
    this.#journal.setState(id, 'scanning', { finishedAtMs: null, problem: null });
    this.#alerts.over(id);
    this.#run = run;
    this.#options.bus.emit('import.changed', { id, state: 'scanning', imported: 0 });
    this.#ended = this.#carryOut(run);
  }

  #tellWaiting(id: number, sources: readonly string[], problem: string | null): void {
    if (problem === null) this.#alerts.goesOn(id);
    else this.#alerts.waiting(id, sources, problem);
    const text = problem === null ? 'An import goes on.' : 'An import waits for the data disk.';
    this.#logger.info('import.waiting', text, { import: id, problem });
  }

  async #carryOut(run: ImportRun): Promise<void> {
    const end = await run.run();
    try {
      this.#alerts.goesOn(run.id);
      const { files } = run.progress().tally ?? emptyTally();
      await this.#tellTrouble(run.id, end);
      this.#end(run.id, end, files.imported + files.repaired);
    } catch (error) {
      // The row says that it is running; the next start goes on with it.
      this.#logger.error('import.end_failed', 'How an import ended could not be written down.', {
        import: run.id,
        error,
      });
    }
    this.#run = null;
    if (!this.#stopped) this.#next();
  }

  /** Before it is over, so that whoever looks at the end finds the alert already there. */
  async #tellTrouble(id: number, { state, problem }: RunEnd): Promise<void> {
    const { sources } = this.#row(id);
    if (state === 'failed') this.#alerts.failed(id, sources, problem ?? '');
    if (state !== 'done') return;
    const troubles = await this.#journal.troubles(id);
    if (troubles.first !== '') this.#alerts.incomplete(id, troubles);
    // The same card imported anew is what people do where one could not go on.
    for (const told of this.#alerts.told()) {
      const other = told === id ? null : this.#journal.get(told);
      if (other?.state === 'failed' && other.sources.every((one) => sources.includes(one))) {
        this.#alerts.over(told);
      }
    }
  }

  /** @param imported files of it that are recordings now */
  #end(
    id: number,
    { state, problem }: { readonly state: ImportState; readonly problem: string | null },
    imported: number,
  ): void {
    const isOver = state !== 'paused';
    const finishedAtMs = isOver ? this.#options.clock.wallMs() : null;
    this.#journal.setState(id, state, { finishedAtMs, problem });
    const fields = { import: id, state, problem };
    if (state === 'failed')
      this.#logger.warn('import.failed', 'An import could not go on.', fields);
    else this.#logger.info('import.ended', 'An import has ended.', fields);
    this.#options.bus.emit('import.changed', { id, state, imported });
  }

  #next(): void {
    const id = this.#waiting.shift();
    if (id === undefined) return;
    this.#logger.info('import.resumed', 'An import that was interrupted goes on.', { import: id });
    this.#startRun(id);
  }

  async #told(row: ImportRow): Promise<Import> {
    const live = this.#run?.id === row.id ? this.#run.progress() : null;
    const tally = live?.tally ?? (await this.#tallyOf(row));
    const { bytes, files } = tally;
    const totalBytes = Object.values(bytes).reduce((a, b) => a + b, 0);
    const doneBytes = totalBytes - bytes.waiting + (live?.unsettledBytes ?? 0);
    return {
      id: row.id,
      sources: row.sources,
      options: row.options,
      state: row.state,
      createdAt: toInstant(row.createdAtMs),
      finishedAt: row.finishedAtMs === null ? null : toInstant(row.finishedAtMs),
      problem: live?.problem ?? row.problem,
      files: { ...files },
      totalBytes,
      // What grows while it is copied is not more than all.
      doneBytes: Math.min(doneBytes, totalBytes),
      bytesPerS: live?.bytesPerS ?? null,
      secondsLeft: live?.secondsLeft ?? null,
      current: live?.current ?? null,
    };
  }

  async #tallyOf({ id }: ImportRow): Promise<ImportTally> {
    const known = this.#tallies.get(id);
    if (known !== undefined) return known;
    const tally = await this.#journal.tally(id);
    if (!this.#isActive(id)) this.#tallies.set(id, tally);
    return tally;
  }
}
