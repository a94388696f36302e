import { lstat } from 'node:fs/promises';
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
import { orNothing } from '../files/absent';
import { parseSegmentName } from '../files/segment-name';
import type { Logger } from '../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../service';
import type { FoundRecording } from './found-file';
import { HashQueue, type Measured } from './hash-queue';
import { KnownFiles } from './known-files';
import { type FileProblem, measureFiles } from './measure';
import { NewestSignal } from './newest-signal';
import { type Registered, Registrar } from './registrar';
import { Rowless } from './rowless';
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

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#registrar = new Registrar(options.connection);
    this.#sweep = new Sweep(options.recorderDir);
    this.#hashes = new HashQueue({ ...options, onMeasured: this.#onMeasured });
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

  readonly #onMeasured = (measured: Measured): void => {
    if (!this.#newestSignal.note(measured)) return;
    const { device, timeMs, signal } = measured;
    this.#options.bus.emit('signal.measured', { device, timeMs, signal });
  };

  /** Registers everything on disk that has no row. Resolves when done; safe to call at any time. */
  async sweep(thorough = true): Promise<void> {
    // In parts, so that what is promoted meanwhile does not wait for all of an old disk to be read.
    for await (const listing of this.#sweep.changed(thorough, this.#isNews)) {
      if (this.#abort.signal.aborted) return;
      await this.#enqueue(() => this.#index(listing));
      // Where the database knows them all, nothing was waited for: others have their turn now.
      await nextTurn();
    }
  }

  readonly #isNews = (workspace: string, stream: Stream, name: string): boolean =>
    !this.#known.has(workspace, stream, name) &&
    !this.#refused.has(fileKey(workspace, stream, name));

  /**
   * Does work that renames files and their rows while nothing is being indexed, so that no new name is taken for a
   * new recording.
   * @param work resolves with the paths that are known from then on, relative to the data folder
   * @throws what `work` throws
   */
  async whileNotIndexing(work: () => Promise<readonly string[]>): Promise<void> {
    const done = this.#work.then(async () => {
      const paths = await work();
      for (const path of paths) this.#know(path);
      for (const workspace of new Set(paths.map((path) => partsOfPath(path).workspace))) {
        this.#sweep.acknowledge(workspace);
      }
    });
    this.#work = done.catch(() => undefined);
    await done;
    this.#hashes.nudge();
  }

  readonly #onPromoted = (segment: PromotedSegment): void => {
    this.#pending += 1;
    void this.#enqueue(async () => {
      this.#pending -= 1;
      const streams = STREAMS.filter((stream) => segment.streams[stream]);
      const found = await this.#find(segment.workspace, segment.fileName, streams, {
        startWallMs: segment.startWallMs,
        firstFrame: segment.firstFrame,
        clockSynced: segment.clockSynced,
        recovered: segment.recovered,
      });
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
    while (!signal.aborted) {
      const thorough = this.#again;
      this.#again = false;
      await this.sweep(thorough);
      await this.#nudge.wait(this.#options.pollIntervalS() * 1000, signal);
    }
  }

  async #index({ workspace, stream, names }: Listing): Promise<void> {
    const batch: FoundRecording[] = [];
    for (const name of this.#withoutRow(workspace, stream, names)) {
      const streams = await this.#streamsOf(workspace, name);
      try {
        const found = await this.#find(workspace, name, streams, null);
        if (found !== null) batch.push(found);
      } catch (error) {
        if (!concernsOneFile(error)) throw error;
        this.#report(
          workspace,
          name,
          streams.map((one) => problemOf(one, error)),
        );
      }
    }
    if (batch.length > 0) this.#register(batch);
  }

  /** Asked here, where nothing is renamed: since it was listed a file may have got its row. */
  #withoutRow(workspace: string, stream: Stream, names: readonly string[]): readonly string[] {
    const rowless = new Set(this.#rowless.among(stream, folderPath(workspace, stream), names));
    const news = names.filter((name) => {
      if (rowless.has(name)) return this.#isNews(workspace, stream, name);
      this.#known.add(workspace, stream, name);
      return false;
    });
    // Folders have no order; names have that of their times.
    return news.sort();
  }

  /** Where there are files of this name that are to be looked at: none when they were renamed or removed meanwhile. */
  async #streamsOf(workspace: string, name: string): Promise<Stream[]> {
    const { recorderDir } = this.#options;
    const streams: Stream[] = [];
    for (const stream of STREAMS) {
      if (this.#refused.has(fileKey(workspace, stream, name))) continue;
      const file = await orNothing(lstat(join(recorderDir, workspace, 'data', stream, name)));
      if (file?.isFile() === true) streams.push(stream);
    }
    return streams;
  }

  async #find(
    workspace: string,
    name: string,
    streams: readonly Stream[],
    facts: SegmentFacts | null,
  ): Promise<FoundRecording | null> {
    const { dataRoot, recorderDir, ownerOf, segmentFacts } = this.#options;
    const parsed = parseSegmentName(name);
    const owner = parsed === null ? null : await ownerOf(workspace);
    const folders = {
      raw: join(recorderDir, workspace, 'data', 'raw'),
      processed: join(recorderDir, workspace, 'data', 'processed'),
    };
    if (parsed === null || owner === null) {
      const text =
        parsed === null ? 'its name is not one of ours' : 'its folder belongs to no known device';
      // Whose a folder is may be found out yet, as when a run that lost its record is salvaged.
      const lasting = parsed === null;
      this.#report(
        workspace,
        name,
        streams.map((stream) => ({ stream, text, lasting })),
      );
      return null;
    }
    const { files, problems } = await measureFiles(dataRoot, folders, name, streams);
    this.#report(workspace, name, problems);
    if (files.raw === undefined && files.processed === undefined) return null;
    const told = facts ?? (await segmentFacts(workspace, parsed.runId, parsed.sequence));
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

  #register(batch: readonly FoundRecording[]): void {
    const { clock, bus } = this.#options;
    const nowMs = clock.wallMs();
    let rows: Registered[];
    try {
      rows = this.#registrar.register(batch, nowMs);
    } catch (error) {
      if (!concernsOneFile(error)) throw error;
      const [first, ...others] = batch;
      if (first !== undefined && others.length === 0) this.#reportUnregistered(first, error);
      // Nothing of the batch was registered: the others must not suffer from the one.
      else for (const found of batch) this.#register([found]);
      return;
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
