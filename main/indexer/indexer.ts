import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SignalHealth } from '@shared/model/recorder';
import type { Stream } from '@shared/model/recording';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import { CommitLog } from '../database/commit-log';
import type { Connection } from '../database/connection';
import { unforced } from '../database/unforced';
import { messageOf } from '../error-message';
import type { EventBus } from '../events/bus';
import type { PromotedSegment } from '../events/promoted-segment';
import type { Logger } from '../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../service';
import { folderInRows, partsOfPath } from './file-place';
import type { FoundRecording } from './found-file';
import { HashQueue, type Measured as MeasuredSound } from './hash-queue';
import { KnownFiles } from './known-files';
import { NewestSignal } from './newest-signal';
import { RefusedFiles } from './refused-files';
import { concernsOneFile, problemOf, RowWriter, type Written } from './row-writer';
import { Rowless } from './rowless';
import { type ReadFile, SegmentReader, type SegmentReaderOptions } from './segment-reader';
import { SlicePace } from './slice-pace';
import { type Listing, STREAMS, Sweep } from './sweep';

/** New names of a folder that are put in order: their runs' ledgers are read along them. */
const TOGETHER = 10_000;

/** Some of the files that are to be registered, in one transaction. */
interface Slice {
  readonly names: readonly string[];
  readonly files: Promise<ReadFiles>;
  /** Where the next one begins. */
  readonly to: number;
}

interface ReadFiles {
  /** When it was read: another one now, and somebody may have renamed or removed some. */
  readonly turn: number;
  readonly files: ReadonlyMap<string, ReadFile>;
}

export interface IndexerOptions extends SegmentReaderOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly dataRoot: string;
  readonly sha256WorkerUrl: URL;
  readonly pollIntervalS: () => number;
  /** Moves what the database's log holds into the database, in another thread; else SQLite does so now and then. */
  readonly shortenLog?: () => Promise<unknown>;
}

/** Makes rows of promoted segments: at once on the event, and by a sweep for whatever events missed. */
export class Indexer implements Service {
  readonly name = 'indexer';
  readonly #options: IndexerOptions;
  readonly #rows: RowWriter;
  readonly #sweep: Sweep;
  readonly #hashes: HashQueue;
  readonly #segments: SegmentReader;
  readonly #log: CommitLog;
  readonly #pace: SlicePace;
  /** Counts the works of others between those of the indexer. */
  #turn = 0;
  readonly #rowless: Rowless;
  readonly #newestSignal: NewestSignal;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  /** Files of which it was seen that they have their row. */
  readonly #known = new KnownFiles();
  readonly #refused: RefusedFiles;
  #loop: Promise<void> | null = null;
  #work: Promise<void> = Promise.resolve();
  #pending = 0;
  #totalIndexed = 0;
  #lastIndexedAtMs: number | null = null;
  #problem: string | null = null;
  /** Something was not registered that the sweep believes to have seen. */
  #again = false;
  /** What sweeps found, events aside. */
  readonly #swept = { registered: 0, healed: 0 };
  /** Settled when every file was looked at once since the start. */
  #firstSweep: Promise<void> | null = null;

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#refused = new RefusedFiles(options.logger);
    this.#rows = new RowWriter(options.connection, this.#refused);
    this.#log = new CommitLog(
      options.connection.sqlite.name,
      options.shortenLog ?? (() => Promise.resolve()),
    );
    this.#sweep = new Sweep(options.recorderDir);
    this.#hashes = new HashQueue({ ...options, onMeasured: this.#onMeasured });
    this.#pace = new SlicePace(options.clock);
    this.#segments = new SegmentReader(options, this.#refused);
    this.#rowless = new Rowless(options.connection);
    this.#newestSignal = new NewestSignal(options.connection);
    this.#nudge = new Nudge(options.clock);
  }

  async start(): Promise<void> {
    if (this.#loop !== null) return;
    this.#options.bus.on('segment.promoted', this.#onPromoted);
    await this.#hashes.start();
    this.#loop = this.#keepSweeping();
  }

  /** Registers what is promoted and gives every row its hashes, then rests. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nudge.nudge();
    await this.#loop;
    await this.#work;
    this.#options.bus.off('segment.promoted', this.#onPromoted);
    await this.#hashes.stop();
    await this.#segments.close();
  }

  /** Makes the hashes that wait as soon as can be. @throws better-sqlite3's SqliteError */
  hashNow(): Promise<void> {
    return this.#hashes.hurry();
  }

  /** A file of this recording was tried again and again, and could not be read for its hash. */
  isUnreadable(recordingId: number): boolean {
    return this.#hashes.gaveUp(recordingId);
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
      counters: {
        last_indexed_at: this.#lastIndexedAtMs === null ? null : toInstant(this.#lastIndexedAtMs),
        pending_count: this.#pending,
        hash_pending_count: this.#hashes.pending,
        total_indexed: this.#totalIndexed,
        refused_count: this.#refused.size,
      },
    };
  }

  /** What the newest measured recording of a run sounds like; null before there is one. */
  signalOf(device: string, runId: string): SignalHealth | null {
    return this.#newestSignal.of(device, runId);
  }

  readonly #onMeasured = (measured: MeasuredSound): void => {
    if (!this.#newestSignal.note(measured)) return;
    const { device, timeMs, signal } = measured;
    this.#options.bus.emit('signal.measured', { device, timeMs, signal });
  };

  /** Registers everything on disk that has no row. Resolves when done; safe to call at any time. */
  async sweep(thorough = true): Promise<void> {
    // In parts, so that what is promoted meanwhile does not wait for all of an old disk to be read.
    let news = null as Listing | null;
    for await (const { workspace, stream, names } of this.#sweep.changed(thorough, this.#isNews)) {
      if (this.#abort.signal.aborted) return;
      const isOther = news?.workspace !== workspace || news.stream !== stream;
      if (news !== null && (isOther || news.names.length >= TOGETHER)) {
        await this.#indexAll(news);
        news = null;
      }
      const rowless: readonly string[] = await this.#unregistered(workspace, stream, names);
      news = { workspace, stream, names: [...(news?.names ?? []), ...rowless] };
      // Where the database knows them all, nothing was waited for: others have their turn now.
      await nextTurn();
    }
    if (news !== null) await this.#indexAll(news);
  }

  async #unregistered(
    workspace: string,
    stream: Stream,
    names: readonly string[],
  ): Promise<readonly string[]> {
    let found: readonly string[] = [];
    await this.#enqueue(() => {
      found = this.#withoutRow(workspace, stream, names);
      return Promise.resolve();
    });
    return found;
  }

  readonly #isNews = (workspace: string, stream: Stream, name: string): boolean =>
    !this.#known.has(workspace, stream, name) && !this.#refused.has(workspace, stream, name);

  /**
   * Registers every file on disk that has no row, whatever was believed of it before.
   * @returns how many recordings are new, and how many that were marked as gone are here again
   */
  async registerAll(): Promise<{ registered: number; healed: number }> {
    if (this.#firstSweep !== null) {
      await this.#firstSweep;
      return { ...this.#swept };
    }
    const before = { ...this.#swept };
    this.#known.clear();
    this.#refused.clear();
    await this.sweep(true);
    return {
      registered: this.#swept.registered - before.registered,
      healed: this.#swept.healed - before.healed,
    };
  }

  /** These files may be gone: a sweep that sees them again takes them for news. */
  forget(paths: readonly string[]): void {
    for (const path of paths) {
      const { workspace, stream, name } = partsOfPath(path);
      for (const one of STREAMS) if (one === stream) this.#known.remove(workspace, one, name);
    }
  }

  /**
   * Does work while nothing is being indexed.
   * @throws what `work` throws
   */
  async alone(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(async () => {
      this.#turn += 1;
      try {
        await work();
      } finally {
        this.#turn += 1;
      }
    });
    this.#work = done.catch(() => undefined);
    await done;
  }

  /**
   * Does work that renames files and their rows while nothing is being indexed, so that no new name is taken for a
   * new recording.
   * @param work resolves with the paths that are known from then on, relative to the data folder
   * @throws what `work` throws
   */
  async whileNotIndexing(work: () => Promise<readonly string[]>): Promise<void> {
    await this.alone(async () => {
      const paths = await work();
      for (const path of paths) this.#know(path);
      for (const workspace of new Set(paths.map((path) => partsOfPath(path).workspace))) {
        this.#sweep.acknowledge(workspace);
      }
    });
    this.#hashes.nudge();
  }

  readonly #onPromoted = (segment: PromotedSegment): void => {
    this.#pending += 1;
    void this.#enqueue(async () => {
      this.#pending -= 1;
      const found = await this.#segments.promoted(segment);
      if (found === null) return;
      this.#tell(this.#rows.write([found], this.#options.clock.wallMs()));
      this.#sweep.acknowledge(segment.workspace);
    });
  };

  /** One thing after the other, so that an event and a sweep never meet over one file. */
  async #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(() =>
      this.#outlive(async () => {
        await work();
        this.#problem = null;
      }),
    );
    await this.#work;
  }

  /** What goes wrong is told, and left to the next sweep. */
  async #outlive(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#problem = messageOf(error);
      this.#again = true;
      this.#options.logger.error(
        'indexer.failed',
        'Recordings could not be indexed; the sweep tries again.',
        { error },
      );
    }
  }

  async #keepSweeping(): Promise<void> {
    const { signal } = this.#abort;
    this.#firstSweep = this.sweep(false);
    await this.#firstSweep;
    this.#firstSweep = null;
    for (;;) {
      await this.#nudge.wait(this.#options.pollIntervalS() * 1000, signal);
      if (signal.aborted) return;
      const thorough = this.#again;
      this.#again = false;
      await this.sweep(thorough);
    }
  }

  /**
   * Files that nobody told of, in the order of their names: while some are registered, the next are read and those before
   * are forced to the disk. What was read before somebody else had his turn with files and rows is read again.
   */
  async #indexAll({ workspace, stream, names }: Listing): Promise<void> {
    const sorted = [...names].sort(); // folders have no order; names have that of their times
    const readFrom = (from: number, to: number): Slice => {
      const names = sorted.slice(from, to);
      const files = this.#readFiles(workspace, names);
      files.catch(() => undefined); // thrown where it is waited for
      return { names, files, to };
    };
    let next: Slice | null = readFrom(0, this.#pace.files);
    while (next !== null && !this.#abort.signal.aborted) {
      const slice: Slice = next;
      next = slice.to < sorted.length ? readFrom(slice.to, slice.to + this.#pace.files) : null;
      await this.#enqueue(async () => {
        let files = await slice.files;
        if (files.turn !== this.#turn) files = await this.#readFiles(workspace, slice.names);
        await this.#index({ workspace, stream, names: slice.names }, files);
      });
      await this.#outlive(() => this.#log.follow());
      await this.#log.keepShort();
      // Others have their turn now.
      await nextTurn();
    }
    await this.#outlive(() => this.#log.settle());
  }

  async #readFiles(workspace: string, names: readonly string[]): Promise<ReadFiles> {
    const turn = this.#turn;
    return { turn, files: await this.#segments.read(workspace, names) };
  }

  async #index({ workspace, stream, names }: Listing, { files }: ReadFiles): Promise<void> {
    const batch: FoundRecording[] = [];
    const owner = await this.#options.ownerOf(workspace);
    for (const name of this.#withoutRow(workspace, stream, names)) {
      const read = files.get(name);
      const streams = STREAMS.filter((one) => read !== undefined && read.heads[one] !== null);
      // Renamed or removed since it was listed.
      if (read === undefined || streams.length === 0) continue;
      try {
        const found = await this.#segments.found(workspace, name, owner, read);
        if (found !== null) batch.push(found);
      } catch (error) {
        if (!concernsOneFile(error)) throw error;
        const problems = streams.map((one) => problemOf(one, error, false));
        this.#refused.report(workspace, name, problems);
      }
    }
    if (batch.length === 0) return;
    // To look at them took milliseconds, and so does what follows.
    await nextTurn();
    const { connection, clock } = this.#options;
    // Their files tell it again after a power cut: the main loop does not wait for the disk.
    const written = this.#pace.measure(batch.length, () =>
      unforced(connection, () => this.#rows.write(batch, clock.wallMs())),
    );
    this.#log.noteCommit();
    this.#tell(written);
    for (const { row } of written) {
      if (row.isNew) this.#swept.registered += 1;
      if (row.isBack) this.#swept.healed += 1;
    }
  }

  /** Asked here, where nothing is renamed: since it was listed a file may have got its row. */
  #withoutRow(workspace: string, stream: Stream, names: readonly string[]): readonly string[] {
    const rowless = new Set(this.#rowless.among(stream, folderInRows(workspace, stream), names));
    return names.filter((name) => {
      if (rowless.has(name)) return this.#isNews(workspace, stream, name);
      this.#known.add(workspace, stream, name);
      return false;
    });
  }

  #tell(written: readonly Written[]): void {
    const { clock, bus } = this.#options;
    for (const { found, row } of written) {
      for (const stream of STREAMS) {
        const file = found.files[stream];
        if (file !== undefined) this.#know(file.path);
      }
      if (!row.isNew) continue;
      this.#totalIndexed += 1;
      this.#lastIndexedAtMs = clock.wallMs();
      bus.emit('recording.indexed', {
        id: row.id,
        device: found.device,
        time: toInstant(Math.round(found.timeMs)),
        source: 'recorder',
      });
    }
    const back = written.filter(({ row }) => row.isBack).length;
    if (back > 0) bus.emit('recordings.changed', { recordings: back });
    if (written.length > 0) this.#hashes.nudge();
  }

  #know(path: string): void {
    const { workspace, stream, name } = partsOfPath(path);
    for (const one of STREAMS) if (one === stream) this.#known.add(workspace, one, name);
  }
}
