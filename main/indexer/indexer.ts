import { join } from 'node:path';
import { type SignalHealth, signalHealthSchema } from '@shared/model/recorder';
import type { Stream } from '@shared/model/recording';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Connection } from '../database/connection';
import type { EventBus } from '../events/bus';
import type { PromotedSegment } from '../events/promoted-segment';
import { parseSegmentName } from '../files/segment-name';
import type { Logger } from '../logging/logger';
import type { Service, ServiceStatus } from '../service';
import type { FoundRecording } from './found-file';
import { HashQueue, type Measured } from './hash-queue';
import { type FileProblem, measureFiles } from './measure';
import { type Registered, Registrar } from './registrar';
import { type Listing, STREAMS, Sweep } from './sweep';

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

const BATCH = 500;
/** Every so many sweeps all folders are listed, whatever their times say. */
const THOROUGH_EVERY = 30;

/** Makes rows of promoted segments: at once on the event, and by a sweep for whatever events missed. */
export class Indexer implements Service {
  readonly name = 'indexer';
  readonly #options: IndexerOptions;
  readonly #registrar: Registrar;
  readonly #sweep: Sweep;
  readonly #hashes: HashQueue;
  readonly #newestSignal;
  /** Per device, of its newest recording that was measured. */
  readonly #signals = new Map<string, { timeMs: number; signal: SignalHealth } | null>();
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  /** `workspace/stream/name` of every file that has its row. */
  readonly #known = new Set<string>();
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
    // A row without a measure is one of the last few, or of a time before there were measures.
    this.#newestSignal = options.connection.sqlite.prepare<
      [string],
      { time_ms: number; signal: string }
    >(
      `select time_ms, signal from (select time_ms, id, signal from recordings where device = ?
       order by time_ms desc, id desc limit 20) where signal is not null limit 1`,
    );
    this.#nudge = new Nudge(options.clock);
  }

  async start(): Promise<void> {
    if (this.#loop !== null) return;
    this.#loadKnown();
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

  status(): ServiceStatus {
    return {
      name: this.name,
      state: this.#abort.signal.aborted
        ? 'stopped'
        : this.#loop === null
          ? 'starting'
          : this.#problem === null
            ? 'ok'
            : 'degraded',
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

  /** What the newest measured recording of a device sounds like; null before there is one. */
  signalOf(device: string): SignalHealth | null {
    let newest = this.#signals.get(device);
    if (newest === undefined) {
      const row = this.#newestSignal.get(device);
      newest =
        row === undefined
          ? null
          : { timeMs: row.time_ms, signal: signalHealthSchema.parse(JSON.parse(row.signal)) };
      this.#signals.set(device, newest);
    }
    return newest?.signal ?? null;
  }

  readonly #onMeasured = ({ device, timeMs, signal }: Measured): void => {
    const newest = this.#signals.get(device);
    // An old recording that is hashed late, e.g. after a database was lost, tells nothing of now.
    if (newest !== undefined && newest !== null && newest.timeMs > timeMs) return;
    this.#signals.set(device, { timeMs, signal });
    this.#options.bus.emit('signal.measured', { device, timeMs, signal });
  };

  /** Registers everything on disk that has no row. Resolves when done; safe to call at any time. */
  async sweep(thorough = true): Promise<void> {
    for await (const { workspace, names } of this.#sweep.changed(thorough)) {
      const fresh = [...this.#unknown(workspace, names)];
      // In parts, so that what is promoted meanwhile does not wait for all of an old disk to be read.
      for (let first = 0; first < fresh.length; first += BATCH) {
        if (this.#abort.signal.aborted) return;
        await this.#enqueue(() => this.#index(workspace, fresh.slice(first, first + BATCH)));
      }
    }
  }

  /**
   * Does work that renames files and their rows while nothing is being indexed, so that no new name is taken for a
   * new recording.
   * @param work resolves with the paths that are known from then on, relative to the data folder
   * @throws what `work` throws
   */
  async whileNotIndexing(work: () => Promise<readonly string[]>): Promise<void> {
    const done = this.#work.then(async () => {
      const paths = await work();
      for (const path of paths) this.#known.add(keyOfPath(path));
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
        this.#problem = error instanceof Error ? error.message : String(error);
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
    for (let turn = 0; !signal.aborted; turn += 1) {
      const thorough = this.#again || turn % THOROUGH_EVERY === 0;
      this.#again = false;
      await this.sweep(thorough);
      await this.#nudge.wait(this.#options.pollIntervalS() * 1000, signal);
    }
  }

  /** Files of a workspace that have no row yet, each pair by its common name. */
  #unknown(workspace: string, names: Listing['names']): Map<string, Stream[]> {
    const fresh = new Map<string, Stream[]>();
    for (const stream of STREAMS) {
      for (const name of names[stream]) {
        const key = fileKey(workspace, stream, name);
        if (this.#known.has(key) || this.#refused.has(key)) continue;
        fresh.set(name, [...(fresh.get(name) ?? []), stream]);
      }
    }
    return fresh;
  }

  async #index(workspace: string, fresh: readonly [string, readonly Stream[]][]): Promise<void> {
    const batch: FoundRecording[] = [];
    for (const [name, streams] of fresh) {
      try {
        const found = await this.#find(workspace, name, streams, null);
        if (found !== null) batch.push(found);
      } catch (error) {
        if (!concernsOneFile(error)) throw error;
        this.#report(
          workspace,
          name,
          streams.map((stream) => problemOf(stream, error)),
        );
      }
    }
    if (batch.length > 0) this.#register(batch);
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
        if (file !== undefined) this.#known.add(keyOfPath(file.path));
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

  #loadKnown(): void {
    const rows = this.#options.connection.sqlite
      .prepare<[], { raw_path: string | null; processed_path: string | null }>(
        'select raw_path, processed_path from recordings where local_deleted = 0',
      )
      .iterate();
    for (const row of rows) {
      for (const path of [row.raw_path, row.processed_path]) {
        if (path !== null) this.#known.add(keyOfPath(path));
      }
    }
  }
}

function fileKey(workspace: string, stream: Stream, name: string): string {
  return `${workspace}/${stream}/${name}`;
}

/** `recorder/<workspace>/data/<stream>/<name>` to the key of the same file. */
function keyOfPath(path: string): string {
  const { workspace, stream, name } = partsOfPath(path);
  return `${workspace}/${stream}/${name}`;
}

function partsOfPath(path: string): { workspace: string; stream: string; name: string } {
  const [, workspace = '', , stream = '', name = ''] = path.split('/');
  return { workspace, stream, name };
}

function problemOf(stream: Stream, error: unknown): FileProblem {
  return { stream, text: error instanceof Error ? error.message : String(error), lasting: false };
}

/** Or does it concern the database, and with it all of them? */
function concernsOneFile(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !code.startsWith('SQLITE_') || code.startsWith('SQLITE_CONSTRAINT');
}

function isInstant(utcMs: unknown): boolean {
  return typeof utcMs === 'number' && !Number.isNaN(new Date(utcMs).getTime());
}
