import {
  type Asset,
  type AssetKind,
  analysisRecordSchema,
  type WorkerStatus,
} from '@shared/model/analysis';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { messageOf } from '../error-message';
import type { EventBus, StationEvents } from '../events/bus';
import type { Logger } from '../logging/logger';
import { NotFoundError } from '../request-error';
import { loopState, type Service, type ServiceStatus } from '../service';
import { ASSET_VERSION, type AssetStore } from './asset-store';
import { CUSTOM_WORKER } from './custom-worker';
import type { Claim, JobQueue } from './job-queue';
import { Lane } from './lane';
import type { Permission } from './permission';
import { FAILING_AFTER } from './retry-policy';
import type { AnalysisWorker } from './worker';

export interface AnalysisOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly queue: JobQueue;
  readonly store: AssetStore;
  /** Of one lane each: those of a lane share what they work with and take turns. */
  readonly lanes: readonly (readonly AnalysisWorker[])[];
  readonly permission: () => Permission;
  /** Ends what the workers work with. */
  readonly close: () => Promise<void>;
  readonly alerts: {
    raise(code: string, level: 'warning', evidence: string, subject: string): void;
    clear(code: string, subject: string): void;
  };
}

/** A file that the window may ask for. */
export interface AssetFile {
  readonly path: string;
  readonly sizeBytes: number;
}

interface RecordingRow {
  readonly time_ms: number;
  readonly local_deleted: number;
  readonly record: string | null;
}

const ALERT = 'analysis.failing';

/** Lets workers do their work on every recording, oldest first, and before all others on what a person looks at. */
export class Analysis implements Service {
  readonly name = 'analysis';
  readonly #options: AnalysisOptions;
  readonly #lanes: readonly { readonly lane: Lane; readonly workers: readonly AnalysisWorker[] }[];
  readonly #recording;
  readonly #stopping = new AbortController();
  #started = false;
  #sweeping: Promise<void> = Promise.resolve();
  readonly #onIndexed = (): void => {
    for (const { lane } of this.#lanes) lane.nudge();
  };
  readonly #onSettings = ({ keys }: StationEvents['settings.changed'][0]): void => {
    if (!keys.some((key) => key.startsWith('analysis.') || key.startsWith('library.'))) return;
    const isOtherCommand = keys.some((key) => key.startsWith('analysis.custom_'));
    // Whatever was wrong with the command may be right now.
    if (isOtherCommand) this.retry(CUSTOM_WORKER);
    this.#clearAlertsOfIdle();
    this.#onIndexed();
  };

  constructor(options: AnalysisOptions) {
    this.#options = options;
    const { queue, clock, logger, permission } = options;
    this.#recording = options.connection.sqlite.prepare<[string, number], RecordingRow>(
      `select time_ms, local_deleted, json_extract(analysis_state, '$.' || ?) as record
       from recordings where id = ?`,
    );
    this.#lanes = options.lanes.map((workers) => ({
      workers,
      lane: new Lane({
        workers,
        queue,
        clock,
        logger,
        permission,
        onEnded: (claim) => {
          this.#ended(claim);
        },
        onFailing: (worker, problem) => {
          this.#failing(worker, problem);
        },
      }),
    }));
  }

  start(): Promise<void> {
    if (this.#started) return Promise.resolve();
    this.#started = true;
    const { bus } = this.#options;
    bus.on('recording.indexed', this.#onIndexed);
    bus.on('settings.changed', this.#onSettings);
    this.#clearAlertsOfIdle();
    for (const { lane } of this.#lanes) lane.start();
    this.#sweeping = this.#tidy(() => this.#options.store.sweep(this.#stopping.signal));
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    const { bus, store, close } = this.#options;
    bus.off('recording.indexed', this.#onIndexed);
    bus.off('settings.changed', this.#onSettings);
    await Promise.all(this.#lanes.map(({ lane }) => lane.stop()));
    await this.#sweeping;
    await close();
    if (this.#started) store.writeSeen();
  }

  status(): ServiceStatus {
    const workers = this.workers();
    const failing = workers.filter(({ state }) => state === 'failing');
    const { why } = this.#options.permission();
    const problems = [
      ...this.#lanes.flatMap(({ lane }) => lane.problem ?? []),
      ...failing.map(({ name, lastError }) => `${name}: ${lastError?.detail ?? 'fails'}`),
    ];
    return {
      name: this.name,
      state: loopState({
        stopping: this.#stopping.signal,
        started: this.#started,
        well: problems.length === 0,
      }),
      details: [...problems, ...(why === '' ? [] : [`It rests. ${why}`])].join('; '),
      counters: {
        pending_count: Math.max(0, ...workers.map(({ backlog }) => backlog)),
        analysed_total: workers.reduce((sum, { done }) => sum + done, 0),
        failed_count: workers.reduce((sum, { failed }) => sum + failed, 0),
        derived_bytes: this.#options.store.bytes,
      },
    };
  }

  /** Names of those that are on: what they have not done yet is not to be deleted before. */
  enabledWorkers(): string[] {
    return this.#lanes.flatMap(({ workers }) =>
      workers.filter((worker) => worker.enabled()).map(({ name }) => name),
    );
  }

  workers(): WorkerStatus[] {
    const { queue, permission } = this.#options;
    const resting = permission().may !== 'everything';
    return this.#lanes.flatMap(({ lane, workers }) =>
      workers.map((worker): WorkerStatus => {
        const { name } = worker;
        const { done, lastError, inARow } = lane.fared(name);
        const { waiting, failed } = queue.counts(name);
        const working = lane.working?.worker === name;
        const state = stateOf({
          failing: inARow >= FAILING_AFTER,
          enabled: worker.enabled(),
          working,
          resting,
        });
        return {
          name,
          version: worker.version(),
          enabled: worker.enabled(),
          state,
          backlog: waiting,
          done,
          failed,
          lastError:
            lastError === null
              ? null
              : {
                  at: toInstant(lastError.atMs),
                  recordingId: lastError.recordingId,
                  detail: lastError.detail,
                },
        };
      }),
    );
  }

  /**
   * What there is to look at of a recording. What is missing is put first in line; `asset.settled` tells when it is
   * there. Safe to repeat.
   * @param again try once more what was tried in vain
   * @throws NotFoundError
   */
  async asset(recordingId: number, kind: AssetKind, again = false): Promise<Asset> {
    const { queue, store } = this.#options;
    const row = this.#recording.get(kind, recordingId);
    if (row === undefined) throw new NotFoundError('recording', String(recordingId));
    const answer = (state: Asset['state'], detail = '', url: string | null = null): Asset => ({
      kind,
      state,
      url,
      version: ASSET_VERSION[kind],
      detail,
    });
    const stored = await store.findWhole(recordingId, kind);
    if (stored !== null) return answer('ready', '', urlOf(recordingId, kind, stored.version));
    if (row.local_deleted !== 0) return answer('no_audio');
    const record = recordOf(row.record);
    if (!again && queue.job(kind, recordingId).kind === 'failed') {
      return answer('failed', record?.detail ?? '');
    }
    queue.want(kind, recordingId, row.time_ms);
    this.#onIndexed();
    return answer('working');
  }

  /** The file of an asset for the window; null: there is none. */
  assetFile(recordingId: number, kind: AssetKind): AssetFile | null {
    return this.#options.store.find(recordingId, kind);
  }

  /**
   * Lets a worker try again what it failed at.
   * @returns how many
   * @throws NotFoundError
   */
  retry(worker: string): number {
    const found = this.#lanes.find(({ workers }) => workers.some(({ name }) => name === worker));
    if (found === undefined) throw new NotFoundError('worker', worker);
    const jobs = this.#options.queue.retry(worker);
    found.lane.forgive(worker);
    return jobs;
  }

  #ended({ worker, recording, wanted }: Claim): void {
    const { bus, store } = this.#options;
    if (wanted && isAssetKind(worker)) {
      bus.emit('asset.settled', { recordingId: recording.id, kind: worker });
    }
    void this.#tidy(() => store.tidy());
  }

  async #tidy(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.logger.warn(
        'derived.tidy_failed',
        'Old waveforms and pictures could not be removed.',
        { error: messageOf(error) },
      );
    }
  }

  #failing(worker: string, problem: string | null): void {
    const { alerts } = this.#options;
    if (problem === null) {
      alerts.clear(ALERT, worker);
      return;
    }
    const evidence = `The worker "${worker}" failed at several recordings in a row and rests before it goes on. ${problem}`;
    alerts.raise(ALERT, 'warning', evidence, worker);
  }

  /** Nothing is wrong with what is switched off. */
  #clearAlertsOfIdle(): void {
    for (const { workers } of this.#lanes) {
      for (const worker of workers) {
        if (!worker.enabled()) this.#options.alerts.clear(ALERT, worker.name);
      }
    }
  }
}

function stateOf(worker: {
  readonly failing: boolean;
  readonly enabled: boolean;
  readonly working: boolean;
  readonly resting: boolean;
}): WorkerStatus['state'] {
  if (worker.working) return 'working';
  if (!worker.enabled) return 'off';
  if (worker.failing) return 'failing';
  return worker.resting ? 'paused' : 'idle';
}

/** `v` makes another address of another version; nothing else depends on it. */
function urlOf(recordingId: number, kind: AssetKind, version: number): string {
  return `media://asset/${String(recordingId)}/${kind}?v=${String(version)}`;
}

function isAssetKind(worker: string): worker is AssetKind {
  return Object.hasOwn(ASSET_VERSION, worker);
}

function recordOf(json: string | null): { readonly detail: string } | null {
  if (json === null) return null;
  const parsed = analysisRecordSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}
