import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SignalHealth } from '@shared/model/recorder';
import type { Stream } from '@shared/model/recording';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import type { EventBus } from '../events/bus';
import type { PromotedSegment } from '../events/promoted-segment';
import { parseSegmentName } from '../files/segment-name';
import type { Logger } from '../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../service';
import type { FoundRecording } from './found-file';
import { HashQueue, type Measured as MeasuredSound } from './hash-queue';
import { type Head, HeadReader } from './head-reader';
import { KnownFiles } from './known-files';
import { type FileProblem, type Measured, measureFiles, measureHeads } from './measure';
import { NewestSignal } from './newest-signal';
import { type Registered, Registrar } from './registrar';
import { Rowless } from './rowless';
import { SlicePace } from './slice-pace';
import { type Listing, STREAMS, Sweep } from './sweep';
import { errorCode } from '../files/error-code';
import { messageOf } from '../error-message';

/** What a run remembers of one of its segments; the recorder's ledger, as the indexer needs it. */
export interface SegmentFacts {
  readonly startWallMs: number;
  readonly firstFrame: number;
  readonly clockSynced: boolean | null;
  readonly recovered?: boolean;
}

/** New names of a folder that are put in order: their runs' ledgers are read along them. */
const TOGETHER = 10_000;

/** What was read of the files of one name. */
interface ReadFile {
  readonly heads: Readonly<Record<Stream, Head>>;
  /** null: the name is none of ours. */
  readonly facts: Promise<SegmentFacts | null> | null;
}

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

/** Who a workspace belongs to. */
export interface WorkspaceOwner {
  readonly device: string;
  readonly simulated: boolean;
}

export interface IndexerOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly dataRoot: string;
  readonly recorderDir: string;
  readonly sha256WorkerUrl: URL;
  readonly headWorkerUrl: URL;
  readonly pollIntervalS: () => number;
  /** The device whose workspace this is, made anew from the run files if the database forgot it. */
  readonly ownerOf: (workspace: string) => Promise<WorkspaceOwner | null>;
  readonly segmentFacts: (
    workspace: string,
    runId: string,
    sequence: number,
  ) => Promise<SegmentFacts | null>;
}

/** Makes rows of promoted segments: at once on the event, and by a sweep for whatever events missed. */
export class Indexer implements Service {
  readonly name = 'indexer';
  readonly #options: IndexerOptions;
  readonly #registrar: Registrar;
  readonly #sweep: Sweep;
  readonly #hashes: HashQueue;
  readonly #heads: HeadReader;
  readonly #pace: SlicePace;
  /** Counts the works of others between those of the indexer. */
  #turn = 0;
  readonly #rowless: Rowless;
  readonly #newestSignal: NewestSignal;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  /** Files of which it was seen that they have their row. */
  readonly #known = new KnownFiles();
  /** Files that were refused for good. */
  readonly #refused = new Set<string>();
  /** Files whose problem was reported, so that each is once. */
  readonly #reported = new Set<string>();
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
    this.#registrar = new Registrar(options.connection);
    this.#sweep = new Sweep(options.recorderDir);
    this.#hashes = new HashQueue({ ...options, onMeasured: this.#onMeasured });
    this.#pace = new SlicePace(options.clock);
    this.#heads = new HeadReader(options.headWorkerUrl);
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
    await this.#heads.close();
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
    !this.#known.has(workspace, stream, name) &&
    !this.#refused.has(fileKey(workspace, stream, name));

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
      const { workspace, fileName, startWallMs, firstFrame, clockSynced, recovered } = segment;
      const streams = STREAMS.filter((stream) => segment.streams[stream]);
      const owner = await this.#options.ownerOf(workspace);
      const facts = Promise.resolve({ startWallMs, firstFrame, clockSynced, recovered });
      const found = await this.#describe(workspace, fileName, owner, streams, facts, () =>
        measureFiles(this.#options.dataRoot, this.#foldersOf(workspace), fileName, streams),
      );
      if (found === null) return;
      this.#register([found]);
      this.#sweep.acknowledge(segment.workspace);
    });
  };

  /** One thing after the other, so that an event and a sweep never meet over one file. */
  async #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      try {
        await work();
        this.#problem = null;
      } catch (error) {
        this.#problem = messageOf(error);
        this.#again = true;
        this.#options.logger.error(
          'indexer.failed',
          'Recordings could not be indexed; the sweep tries again.',
          {
            error,
          },
        );
      }
    });
    await this.#work;
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
   * Files that nobody told of, in the order of their names: while some are registered, the next are read. What was read
   * before somebody else had his turn with files and rows is read again.
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
      // Others have their turn now.
      await nextTurn();
    }
  }

  /** How the files of these names begin, in both streams, and what their runs remember of them. */
  async #readFiles(workspace: string, names: readonly string[]): Promise<ReadFiles> {
    const turn = this.#turn;
    const { segmentFacts } = this.#options;
    const folders = this.#foldersOf(workspace);
    const wanted = names.flatMap((name) => STREAMS.map((stream) => ({ stream, name })));
    const heads = await this.#heads.read(
      wanted.map(({ stream, name }) => join(folders[stream], name)),
    );
    const files = new Map<string, ReadFile>();
    for (const [i, name] of names.entries()) {
      const parsed = parseSegmentName(name);
      const head = (n: number, stream: Stream): Head =>
        this.#refused.has(fileKey(workspace, stream, name)) ? null : (heads[2 * i + n] ?? null);
      const facts = parsed === null ? null : segmentFacts(workspace, parsed.runId, parsed.sequence);
      facts?.catch(() => undefined); // thrown where it is waited for
      files.set(name, { facts, heads: { raw: head(0, 'raw'), processed: head(1, 'processed') } });
    }
    return { turn, files };
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
        const found = await this.#describe(workspace, name, owner, streams, read.facts, () =>
          measureHeads(this.#options.dataRoot, this.#foldersOf(workspace), name, read.heads),
        );
        if (found !== null) batch.push(found);
      } catch (error) {
        if (!concernsOneFile(error)) throw error;
        const problems = streams.map((one) => problemOf(one, error));
        this.#report(workspace, name, problems);
      }
    }
    if (batch.length === 0) return;
    const rows = this.#pace.measure(() => this.#register(batch));
    for (const { isNew, isBack } of rows) {
      if (isNew) this.#swept.registered += 1;
      if (isBack) this.#swept.healed += 1;
    }
  }

  /** Asked here, where nothing is renamed: since it was listed a file may have got its row. */
  #withoutRow(workspace: string, stream: Stream, names: readonly string[]): readonly string[] {
    const rowless = new Set(this.#rowless.among(stream, folderPath(workspace, stream), names));
    return names.filter((name) => {
      if (rowless.has(name)) return this.#isNews(workspace, stream, name);
      this.#known.add(workspace, stream, name);
      return false;
    });
  }

  #foldersOf(workspace: string): Record<Stream, string> {
    const data = join(this.#options.recorderDir, workspace, 'data');
    return { raw: join(data, 'raw'), processed: join(data, 'processed') };
  }

  /** @returns null for what is not to be registered; why is reported */
  async #describe(
    workspace: string,
    name: string,
    owner: WorkspaceOwner | null,
    streams: readonly Stream[],
    facts: Promise<SegmentFacts | null> | null,
    measure: () => Promise<Measured>,
  ): Promise<FoundRecording | null> {
    const parsed = parseSegmentName(name);
    if (parsed === null || owner === null) {
      const text =
        parsed === null ? 'its name is not one of ours' : 'its folder belongs to no known device';
      // Whose a folder is may be found out yet, as when a run that lost its record is salvaged.
      const lasting = parsed === null;
      const problems = streams.map((stream) => ({ stream, text, lasting }));
      this.#report(workspace, name, problems);
      return null;
    }
    const { files, problems } = await measure();
    this.#report(workspace, name, problems);
    if (files.raw === undefined && files.processed === undefined) return null;
    const told = await facts;
    // What a run wrote down was on a disk that may have failed since: the name tells the time, too.
    const exact = told !== null && isInstant(told.startWallMs) ? told : null;
    return {
      device: owner.device,
      timeMs: exact?.startWallMs ?? parsed.startMs,
      runId: parsed.runId,
      sequence: parsed.sequence,
      firstFrame:
        exact !== null && Number.isSafeInteger(exact.firstFrame) ? exact.firstFrame : null,
      clockSynced: exact?.clockSynced ?? null,
      recovered: exact?.recovered ?? false,
      simulated: owner.simulated,
      files,
    };
  }

  #register(batch: readonly FoundRecording[]): Registered[] {
    const { clock, bus } = this.#options;
    const nowMs = clock.wallMs();
    let rows: Registered[];
    try {
      rows = this.#registrar.register(batch, nowMs);
    } catch (error) {
      if (!concernsOneFile(error)) throw error;
      const [first, ...others] = batch;
      // Nothing of the batch was registered: the others must not suffer from the one.
      if (others.length > 0) return batch.flatMap((found) => this.#register([found]));
      if (first !== undefined) this.#reportUnregistered(first, error);
      return [];
    }
    batch.forEach((found, i) => {
      for (const stream of STREAMS) {
        const file = found.files[stream];
        if (file !== undefined) this.#know(file.path);
      }
      const row = rows[i];
      if (row?.isNew === true) {
        this.#totalIndexed += 1;
        this.#lastIndexedAtMs = nowMs;
        bus.emit('recording.indexed', {
          id: row.id,
          device: found.device,
          time: toInstant(Math.round(found.timeMs)),
        });
      }
    });
    this.#hashes.nudge();
    return rows;
  }

  #reportUnregistered(found: FoundRecording, error: unknown): void {
    for (const stream of STREAMS) {
      const path = found.files[stream]?.path;
      if (path === undefined) continue;
      const { workspace, name } = partsOfPath(path);
      this.#report(workspace, name, [{ ...problemOf(stream, error), lasting: true }]);
    }
  }

  /** Says once what is wrong with a file; one that will never be otherwise is not looked at again. */
  #report(workspace: string, name: string, problems: readonly FileProblem[]): void {
    const news = problems.filter(
      ({ stream }) => !this.#reported.has(fileKey(workspace, stream, name)),
    );
    for (const { stream, lasting } of problems) {
      const key = fileKey(workspace, stream, name);
      this.#reported.add(key);
      if (lasting) this.#refused.add(key);
    }
    if (news.length === 0) return;
    this.#options.logger.warn('file.refused', 'A file in the data folder could not be indexed.', {
      workspace,
      file: name,
      problems: news.map(({ stream, text }) => `${stream}: ${text}`),
    });
  }

  #know(path: string): void {
    const { workspace, stream, name } = partsOfPath(path);
    for (const one of STREAMS) if (one === stream) this.#known.add(workspace, one, name);
  }
}

function fileKey(workspace: string, stream: Stream, name: string): string {
  return `${workspace}/${stream}/${name}`;
}

/** As rows write it. */
function folderPath(workspace: string, stream: Stream): string {
  return `recorder/${workspace}/data/${stream}/`;
}

/** Of `recorder/<workspace>/data/<stream>/<name>`. */
function partsOfPath(path: string): { workspace: string; stream: string; name: string } {
  const [, workspace = '', , stream = '', name = ''] = path.split('/');
  return { workspace, stream, name };
}

function problemOf(stream: Stream, error: unknown): FileProblem {
  return { stream, text: messageOf(error), lasting: false };
}

/** Or does it concern the database, and with it all of them? */
function concernsOneFile(error: unknown): boolean {
  const code = errorCode(error);
  return !code.startsWith('SQLITE_') || code.startsWith('SQLITE_CONSTRAINT');
}

function isInstant(utcMs: unknown): boolean {
  return typeof utcMs === 'number' && !Number.isNaN(new Date(utcMs).getTime());
}
