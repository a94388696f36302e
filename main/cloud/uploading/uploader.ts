import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Settings } from '@shared/model/settings';
import type { Transfer, UploadAttempt, UploadFilter } from '@shared/model/upload';
import type { Clock } from '../../clock/clock';
import { Nudge } from '../../clock/nudge';
import type { Connection } from '../../database/connection';
import { messageOf } from '../../error-message';
import type { EventBus, StationEvents } from '../../events/bus';
import type { Logger } from '../../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../../service';
import type { FlacEncoder } from '../../wav/flac-encoder';
import { BacklogForecast } from './backlog-forecast';
import { type Digest, encodeRecording } from './encode-recording';
import { Encoder } from './encoder';
import { Lane, type LaneConditions, type LaneStatus } from './lane';
import { type AlertSink, LaneAlerts } from './lane-alerts';
import { QueueSweep } from './queue-sweep';
import type { RemoteSource, UploadRemote } from './remote-source';
import { type Movement, TransferBoard } from './transfer-board';
import { type UploadHours, uploadHours } from './upload-hours';
import { type AttemptPlace, UploadHistory } from './upload-history';
import { UploadLedger, type Written } from './upload-ledger';
import { UploadQueue } from './upload-queue';
import { UploadStats } from './upload-stats';

export interface UploaderOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly remotes: RemoteSource;
  readonly settings: () => Pick<Settings, 'system' | 'cloud_sync'>;
  readonly flac: Pick<FlacEncoder, 'encode'>;
  readonly digest: Digest;
  /** Ends what computes hashes. */
  readonly closeDigest: () => Promise<void>;
  /** The data folder. */
  readonly dataRoot: string;
  /** Of our own, for what is encoded; what it lies in must be there. */
  readonly encodingFolder: string;
  /** Why uploading stands back behind recording, one English sentence; empty: it need not. */
  readonly standsBack: () => string;
  readonly alerts: AlertSink;
  /** 0 … 1 */
  readonly random?: () => number;
}

/** How a remote stands, and when it will have everything. */
export interface RemoteActivity extends LaneStatus {
  /** If all goes on as in the last hours, UTC milliseconds; null: not foreseeable. */
  readonly caughtUpAtMs: number | null;
}

/** What lies encoded at most. */
const MOST_ENCODED_BYTES = 256 * 1024 * 1024;
const ENCODED_AT_ONCE = 2;
/** Hashes that are computed as long as nobody said which ones are needed. */
const USUAL_HASHES = ['md5', 'sha1'];
const TICK_MS = 15_000;
/** While there is more to look at. */
const SWEEP_STEP_MS = 1_000;
/** After a round through what does not count as uploaded. */
const SWEEP_EVERY_MS = 600_000;
const MINUTE_MS = 60_000;
const RETRIED_AT_ONCE = 1_000;

/** Brings every recording to every remote that is to have it, and makes sure that it arrived. */
export class Uploader implements Service {
  readonly name = 'cloud_sync';
  readonly #options: UploaderOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #forecasts = new Map<string, BacklogForecast>();
  readonly #queue: UploadQueue;
  readonly #ledger: UploadLedger;
  readonly #encoder: Encoder;
  readonly #board: TransferBoard;
  readonly #alerts: LaneAlerts;
  readonly #stats: UploadStats;
  readonly #sweep: QueueSweep;
  readonly #history: UploadHistory;
  readonly #nudge: Nudge;
  readonly #stopping = new AbortController();
  readonly #ending = new Set<Promise<void>>();
  #loop: Promise<void> | null = null;
  #problem = '';
  #sweepsAtMs = -Infinity;
  #served = '';
  #lastUploadAtMs: number | null = null;
  readonly #hours = new Map<string, { readonly key: string; readonly hours: UploadHours }>();
  readonly #onIndexed = (): void => {
    for (const lane of this.#lanes.values()) lane.nudge();
  };
  readonly #onRemote = ({ slug }: StationEvents['remote.changed'][0]): void => {
    this.#lanes.get(slug)?.nudge();
    this.#nudge.nudge();
  };
  readonly #onSettings = ({ keys }: StationEvents['settings.changed'][0]): void => {
    if (!keys.some((key) => key.startsWith('cloud_sync.') || key === 'system.timezone')) return;
    this.#hours.clear();
    this.#onIndexed();
    this.#nudge.nudge();
  };

  constructor(options: UploaderOptions) {
    this.#options = options;
    const { connection, clock, logger, remotes, flac, digest, encodingFolder: folder } = options;
    this.#queue = new UploadQueue({
      connection,
      stationName: () => options.settings().system.station_name,
    });
    this.#stats = new UploadStats({ clock, logger });
    this.#ledger = new UploadLedger({
      connection,
      clock,
      onWritten: (written) => {
        this.#written(written);
      },
    });
    const parts = { flac, digest, folder, hashKinds: () => this.#hashKinds() };
    this.#encoder = new Encoder({
      encode: (order, signal) => encodeRecording(order, parts, signal),
      folder,
      isStillWanted: (id) => [...this.#lanes.values()].some((lane) => lane.awaits(id)),
      mostBytes: MOST_ENCODED_BYTES,
      atOnce: ENCODED_AT_ONCE,
    });
    this.#board = new TransferBoard(clock);
    this.#alerts = new LaneAlerts(options.alerts, clock);
    this.#sweep = new QueueSweep({
      connection,
      source: remotes,
      queue: this.#queue,
      ledger: this.#ledger,
    });
    this.#history = new UploadHistory(connection);
    this.#nudge = new Nudge(clock);
  }

  async start(): Promise<void> {
    if (this.#loop !== null || this.#stopping.signal.aborted) return;
    const { bus, logger } = this.#options;
    bus.on('recording.indexed', this.#onIndexed);
    bus.on('remote.changed', this.#onRemote);
    bus.on('settings.changed', this.#onSettings);
    try {
      await this.#encoder.prepare();
    } catch (error) {
      // It is tried again with each file; the disk may be away.
      logger.warn('upload.no_folder', 'Recordings cannot be encoded for the cloud yet.', { error });
    }
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    const { bus, closeDigest } = this.#options;
    bus.off('recording.indexed', this.#onIndexed);
    bus.off('remote.changed', this.#onRemote);
    bus.off('settings.changed', this.#onSettings);
    this.#nudge.nudge();
    await this.#loop;
    for (const slug of [...this.#lanes.keys()]) this.#endLane(slug);
    await Promise.all(this.#ending);
    this.#ledger.flush();
    await this.#encoder.close();
    await closeDigest();
    if (this.#loop !== null) this.#stats.finish();
  }

  status(): ServiceStatus {
    const { remotes, settings } = this.#options;
    const slugs = remotes.list().map(({ slug }) => slug);
    const counts = slugs.map((slug) => this.#queue.counts(slug));
    const moving = this.#board.list()[0];
    const states = [...this.#lanes].map(([slug, lane]) => ({ slug, ...lane.status() }));
    const troubled = states.filter(({ state }) => TROUBLES.has(state));
    return {
      name: this.name,
      state: loopState({
        stopping: this.#stopping.signal,
        started: this.#loop !== null,
        well: this.#problem === '' && troubled.length === 0,
      }),
      details: settings().cloud_sync.enabled
        ? [this.#problem, ...troubled.map(({ slug, detail }) => `${slug}: ${detail}`)]
            .filter((one) => one !== '')
            .join(' ')
        : 'Cloud sync is switched off.',
      counters: {
        pending_count: Math.max(0, ...counts.map(({ waiting }) => waiting)),
        uploaded_count: this.#stats.life.uploaded,
        failed_count: counts.reduce((sum, { failed }) => sum + failed, 0),
        uploaded_bytes: this.#stats.life.bytes,
        last_upload_at: this.#lastUploadAtMs,
        current_remote_slug: moving?.remote ?? null,
      },
    };
  }

  /** How a remote stands; null: it is not known here yet. */
  activity(slug: string): RemoteActivity | null {
    const status = this.#lanes.get(slug)?.status();
    if (status === undefined) return null;
    const { waiting } = this.#queue.counts(slug);
    return { ...status, caughtUpAtMs: this.#forecasts.get(slug)?.caughtUpAtMs(waiting) ?? null };
  }

  /** What moves just now. */
  transfers(): Transfer[] {
    return this.#board.list();
  }

  /** A recording comes back: shown among what moves. */
  beginFetch(slug: string, recordingId: number, totalBytes: number): Movement {
    return this.#board.begin(slug, recordingId, totalBytes, 'down');
  }

  /** What moves, at once and whenever it changed, at most ten times a second. */
  watch(signal: AbortSignal): AsyncGenerator<Transfer[], void> {
    return this.#board.watch(signal);
  }

  /** Attempts of all times, the newest first. @param after where the page before ended; null: at the newest */
  attempts(filter: UploadFilter, after: AttemptPlace | null, limit: number): UploadAttempt[] {
    return this.#history.page(filter, after, limit);
  }

  /** Is it being encoded or sent? Then its files must stay. */
  isInUse(recordingId: number): boolean {
    return this.#encoder.isWorkingOn(recordingId);
  }

  /** A remote was changed or mended: it need not rest any longer. */
  nudge(slug: string): void {
    this.#lanes.get(slug)?.forgive();
    this.#nudge.nudge();
  }

  /** Lets a remote try again what it failed at, and what it was given up on. @returns how many recordings */
  async retry(slug: string): Promise<number> {
    // What fails again meanwhile has had its try.
    let left = this.#queue.counts(slug).waiting + this.#queue.counts(slug).failed;
    let retried = 0;
    while (left > 0) {
      const some = this.#queue.retry(slug, Math.min(left, RETRIED_AT_ONCE));
      if (some === 0) break;
      [left, retried] = [left - some, retried + some];
      await nextTurn();
    }
    this.nudge(slug);
    return retried;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { logger } = this.#options;
    while (!signal.aborted) {
      try {
        this.#keepLanes();
        await this.#sweepOn();
        this.#stats.tick();
        this.#problem = '';
      } catch (error) {
        this.#problem = messageOf(error);
        logger.error('upload.tick_failed', 'Cloud sync could not look after its remotes.', {
          error,
        });
      }
      const isSweeping = this.#options.clock.monotonicMs() >= this.#sweepsAtMs;
      await this.#nudge.wait(isSweeping ? SWEEP_STEP_MS : TICK_MS, signal);
    }
  }

  #keepLanes(): void {
    const remotes = this.#options.remotes.list();
    const slugs = new Set(remotes.map(({ slug }) => slug));
    // What was held up by a remote that is not served any more need not wait.
    const served = JSON.stringify(
      remotes.map(({ slug, stoppedFor, fromId }) => [slug, stoppedFor === 'pause', fromId]),
    );
    if (served !== this.#served) {
      this.#served = served;
      this.#sweep.restart();
      this.#sweepsAtMs = -Infinity;
    }
    for (const slug of [...this.#lanes.keys()]) {
      if (slugs.has(slug)) continue;
      this.#endLane(slug);
      this.#alerts.forget(slug);
    }
    for (const remote of remotes) {
      const { slug } = remote;
      this.#alerts.look(remote);
      const lane = this.#lanes.get(slug) ?? this.#newLane(slug);
      lane.start();
      const forecast = this.#forecasts.get(slug) ?? new BacklogForecast(this.#options.clock);
      this.#forecasts.set(slug, forecast);
      forecast.note(this.#queue.counts(slug).waiting);
    }
  }

  #newLane(slug: string): Lane {
    const { clock, logger, remotes, dataRoot, bus, random = Math.random } = this.#options;
    const lane = new Lane({
      slug,
      source: remotes,
      queue: this.#queue,
      ledger: this.#ledger,
      encoder: this.#encoder,
      board: this.#board,
      clock,
      logger,
      conditions: (remote) => this.#conditions(remote),
      onSucceeded: (remote) => {
        this.#alerts.succeeded(remote);
      },
      onFailed: (remote, failure, { stop }) => {
        if (stop === null) this.#alerts.failed(remote, failure);
        else this.#alerts.stopped(remote, stop, failure);
      },
      onState: () => {
        bus.emit('remote.changed', { slug });
      },
      dataRoot,
      random,
    });
    this.#lanes.set(slug, lane);
    return lane;
  }

  #endLane(slug: string): void {
    const lane = this.#lanes.get(slug);
    if (lane === undefined) return;
    this.#lanes.delete(slug);
    this.#forecasts.delete(slug);
    const ending: Promise<void> = lane.stop().finally(() => {
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
  }

  #conditions(remote: UploadRemote): LaneConditions {
    const { settings, standsBack, remotes } = this.#options;
    const { cloud_sync: wishes } = settings();
    const served = remotes
      .list()
      .filter(({ stoppedFor }) => stoppedFor !== 'pause')
      .slice(0, wishes.max_uploaders);
    return {
      syncEnabled: wishes.enabled,
      inTurn: served.some(({ slug }) => slug === remote.slug),
      hours: this.#hoursOf(remote),
      bandwidthLimit: remote.bandwidthLimit ?? wishes.bandwidth_limit,
      standsBack: standsBack(),
      pollMs: wishes.poll_interval * 1000,
    };
  }

  /** Looked up once a minute: calendars are slow. */
  #hoursOf({ slug, window }: UploadRemote): UploadHours {
    const { clock, settings } = this.#options;
    const { system, cloud_sync: wishes } = settings();
    const { schedule_start_hour: startHour, schedule_end_hour: endHour } = wishes;
    const own =
      startHour === null || endHour === null || startHour === endHour
        ? null
        : { startHour, endHour };
    const nowMs = clock.wallMs();
    const key = JSON.stringify([Math.floor(nowMs / MINUTE_MS), window, own, system.timezone]);
    const known = this.#hours.get(slug);
    if (known?.key === key) return known.hours;
    const hours = uploadHours(window ?? own, system.timezone, nowMs);
    this.#hours.set(slug, { key, hours });
    return hours;
  }

  #hashKinds(): readonly string[] {
    const kinds = new Set<string>();
    for (const { hashes } of this.#options.remotes.list()) {
      for (const kind of hashes ?? USUAL_HASHES) if (USUAL_HASHES.includes(kind)) kinds.add(kind);
    }
    return [...kinds];
  }

  async #sweepOn(): Promise<void> {
    const { clock, dataRoot, bus } = this.#options;
    if (clock.monotonicMs() < this.#sweepsAtMs) return;
    const { more, settled } = await this.#sweep.step(clock.wallMs(), async (recordingId) => {
      const source = this.#queue.source(recordingId);
      if (source === null) return false;
      return lstat(join(dataRoot, source.localPath)).then(
        () => true,
        () => false,
      );
    });
    if (settled > 0) bus.emit('recordings.changed', { recordings: settled });
    if (!more) this.#sweepsAtMs = clock.monotonicMs() + SWEEP_EVERY_MS;
  }

  #written({ attempts, uploaded }: Written): void {
    const { bus, clock } = this.#options;
    for (const attempt of attempts) {
      const { recordingId, slug: remote } = attempt;
      this.#stats.add(attempt);
      const success = attempt.kind === 'verified';
      if (success) this.#lastUploadAtMs = clock.wallMs();
      bus.emit('upload.settled', { remote, recordingId, success });
    }
    if (uploaded.length > 0) bus.emit('recordings.changed', { recordings: uploaded.length });
  }
}

/** What the whole service is not well for. */
const TROUBLES: ReadonlySet<LaneStatus['state']> = new Set(['refused', 'full', 'offline']);
