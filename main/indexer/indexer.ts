import { join } from 'node:path';
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
import { HashQueue } from './hash-queue';
import { measureFiles } from './measure';
import { Registrar } from './registrar';
import { STREAMS, Sweep } from './sweep';

/** What a run remembers of one of its segments; the recorder's ledger, as the indexer needs it. */
export interface SegmentFacts {
  readonly startWallMs: number;
  readonly firstFrame: number;
  readonly clockSynced: boolean | null;
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
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  /** `workspace/stream/name` of every file that has its row. */
  readonly #known = new Set<string>();
  /** Files that were refused, so that each is reported once. */
  readonly #refused = new Set<string>();
  #loop: Promise<void> | null = null;
  #work: Promise<void> = Promise.resolve();
  #pending = 0;
  #totalIndexed = 0;
  #lastIndexedAtMs: number | null = null;
  #problem: string | null = null;

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#registrar = new Registrar(options.connection);
    this.#sweep = new Sweep(options.recorderDir);
    this.#hashes = new HashQueue(options);
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

  /** Registers everything on disk that has no row. Resolves when done; safe to call at any time. */
  async sweep(thorough = true): Promise<void> {
    await this.#enqueue(() => this.#sweepOnce(thorough));
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
      });
      if (found !== null) this.#register([found]);
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
        this.#options.logger.error('indexer.failed', 'Recordings could not be indexed; the sweep tries again.', {
          error,
        });
      }
    });
    await this.#work;
  }

  async #keepSweeping(): Promise<void> {
    const { signal } = this.#abort;
    for (let turn = 0; !signal.aborted; turn += 1) {
      await this.sweep(turn % THOROUGH_EVERY === 0);
      await this.#nudge.wait(this.#options.pollIntervalS() * 1000, signal);
    }
  }

  async #sweepOnce(thorough: boolean): Promise<void> {
    let batch: FoundRecording[] = [];
    for (const { workspace, names } of await this.#sweep.changed(thorough)) {
      const fresh = new Map<string, Stream[]>();
      for (const stream of STREAMS) {
        for (const name of names[stream]) {
          const key = fileKey(workspace, stream, name);
          if (this.#known.has(key) || this.#refused.has(key)) continue;
          fresh.set(name, [...(fresh.get(name) ?? []), stream]);
        }
      }
      for (const [name, streams] of fresh) {
        const found = await this.#find(workspace, name, streams, null);
        if (found !== null) batch.push(found);
        if (batch.length >= BATCH) {
          this.#register(batch);
          batch = [];
        }
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
      this.#refuse(workspace, streams, name, [
        parsed === null ? 'its name is not one of ours' : 'its folder belongs to no known device',
      ]);
      return null;
    }
    const { files, problems } = await measureFiles(dataRoot, folders, name, streams);
    if (problems.length > 0) {
      this.#refuse(
        workspace,
        streams.filter((stream) => files[stream] === undefined),
        name,
        problems,
      );
    }
    if (files.raw === undefined && files.processed === undefined) return null;
    const exact = facts ?? (await segmentFacts(workspace, parsed.runId, parsed.sequence));
    return {
      device: owner.device,
      timeMs: exact?.startWallMs ?? parsed.startMs,
      runId: parsed.runId,
      sequence: parsed.sequence,
      firstFrame: exact?.firstFrame ?? null,
      clockSynced: exact?.clockSynced ?? null,
      simulated: owner.simulated,
      files,
    };
  }

  #register(batch: readonly FoundRecording[]): void {
    const { clock, bus } = this.#options;
    const nowMs = clock.wallMs();
    const rows = this.#registrar.register(batch, nowMs);
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

  #refuse(workspace: string, streams: readonly Stream[], name: string, problems: string[]): void {
    for (const stream of streams) this.#refused.add(fileKey(workspace, stream, name));
    this.#options.logger.warn('file.refused', 'A file in the data folder could not be indexed.', {
      workspace,
      file: name,
      problems,
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
  const [, workspace = '', , stream = '', name = ''] = path.split('/');
  return `${workspace}/${stream}/${name}`;
}
