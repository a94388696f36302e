import type { Device } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type { CaptureError, RecorderState, RecorderStatus } from '@shared/model/recorder';
import { toInstant } from '@shared/model/time';
import { Nudge } from '../clock/nudge';
import { SpawnError } from '../process/spawn-detached';
import type { Service, ServiceStatus } from '../service';
import { StationError } from '../station-error';
import { restartDelayMs } from './backoff';
import { PROCESSED_RATE_HZ } from './capture-command';
import { captureConfig, type CaptureConfig, configHash } from './capture-config';
import type { CaptureFailure } from './capture-log';
import { CaptureRun, type CaptureTools, type RunEnd } from './capture-run';
import { decideRecorders, type Desired } from './desired';
import { probeFfmpeg } from './ffmpeg-probe';
import { finishLeftovers } from './leftovers';
import { findSurvivors, type Survivor } from './survivors';

export interface SupervisorOptions extends CaptureTools {
  readonly devices: () => readonly Device[];
  readonly profile: (slug: string) => Profile | null;
  readonly maxRecorders: () => number;
  /** Overrides the profile's, for `run --segment`. */
  readonly segmentDurationS?: number;
}

/** What the supervisor remembers of one device across its runs. */
interface Slot {
  readonly device: string;
  run: CaptureRun | null;
  /** A start that is under way. */
  beginning: Promise<void> | null;
  desired: Desired;
  failures: number;
  restarts: number;
  lastError: CaptureError | null;
  retryAtMonotonicMs: number;
  /** Start of the newest segment of earlier runs. */
  lastSegmentWallMs: number | null;
}

const RECONCILE_MS = 1_000;
/** Audio must have grown within this to be called recording. The poll looks once a second. */
const FRESH_MS = 3_000;
/** After this long without a failure, the past is forgiven. */
const HEALTHY_MS = 5 * 60_000;
/** Segments that could not be kept are tried again this often. */
const LEFTOVERS_MS = 30_000;

/** Keeps what runs equal to what should run: compares once a second and on every nudge. */
export class RecorderSupervisor implements Service {
  readonly name = 'recorder';
  readonly #options: SupervisorOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  #loop: Promise<void> | null = null;
  /** Between start and stop. */
  #running = false;
  #survivors: ReadonlyMap<string, Survivor> = new Map();
  #ffmpegVersion: string | null = null;
  #ffmpegProblem: string | null = null;
  /** Runs have ended whose segments could not all be kept. */
  #unfinished = false;
  #nextLeftoversMs = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#nudge = new Nudge(options.clock);
  }

  async start(): Promise<void> {
    if (this.#loop !== null) return;
    await this.#probe();
    await this.#finishLeftovers();
    const { bus } = this.#options;
    const nudge = (): void => {
      this.#nudge.nudge();
    };
    bus.on('device.changed', nudge);
    bus.on('profile.changed', nudge);
    bus.on('settings.changed', nudge);
    this.#abort.signal.addEventListener('abort', () => {
      bus.off('device.changed', nudge);
      bus.off('profile.changed', nudge);
      bus.off('settings.changed', nudge);
    });
    this.#running = true;
    this.#loop = this.#keepReconciling();
  }

  /** Ends every capture and keeps its last segment. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#abort.abort();
    this.#nudge.nudge();
    await this.#loop;
    const slots = [...this.#slots.values()];
    await Promise.all(
      slots.map(async (slot) => {
        await slot.beginning;
        await slot.run?.stop();
      }),
    );
  }

  status(): ServiceStatus {
    const all = this.statuses();
    const wanted = all.filter((recorder) => recorder.desired);
    const recording = all.filter((recorder) => recorder.state === 'recording');
    const counters = {
      desired: wanted.length,
      recording: recording.length,
      segments_promoted: all.reduce((sum, recorder) => sum + recorder.segmentsPromoted, 0),
      ffmpeg_version: this.#ffmpegVersion,
    };
    if (this.#abort.signal.aborted)
      return { name: this.name, state: 'stopped', details: '', counters };
    if (this.#loop === null) return { name: this.name, state: 'starting', details: '', counters };
    if (this.#ffmpegProblem !== null) {
      return { name: this.name, state: 'failed', details: this.#ffmpegProblem, counters };
    }
    const behind = wanted.length - recording.length;
    return {
      name: this.name,
      state: behind === 0 ? 'ok' : 'degraded',
      details: behind === 0 ? '' : `${String(behind)} recorder(s) should record and do not`,
      counters,
    };
  }

  /** One status per known device, in the devices' order. */
  statuses(): RecorderStatus[] {
    const decided = this.#running ? this.#decide() : new Map<string, Desired>();
    return this.#options
      .devices()
      .map((device) => this.#statusOf(device, decided.get(device.name) ?? NOT_YET));
  }

  /** Without being started: looks which captures of an earlier console still live, so that none is hidden. */
  async look(): Promise<void> {
    this.#survivors = await findSurvivors(this.#options.recorderDir);
  }

  /** Compares and acts at once. Does nothing before the start and after the stop. */
  reconcile(): void {
    if (!this.#running) return;
    const { clock, devices, logger } = this.#options;
    const decided = this.#decide();
    const known = new Map(devices().map((device) => [device.name, device]));
    for (const name of known.keys()) this.#slot(name);
    for (const slot of this.#slots.values()) {
      const device = known.get(slot.device);
      slot.desired = decided.get(slot.device) ?? NOT_YET;
      const config = device === undefined ? null : this.#config(device);
      const { run } = slot;
      if (run === null) {
        if (device === undefined && slot.beginning === null) {
          this.#slots.delete(slot.device);
        } else if (
          device !== undefined &&
          slot.desired.desired &&
          config !== null &&
          slot.beginning === null
        ) {
          if (clock.monotonicMs() >= slot.retryAtMonotonicMs) {
            slot.beginning = this.#begin(slot, device, config);
          }
        } else if (!slot.desired.desired) {
          // Asked to rest: whatever failed before is no longer waited for.
          slot.failures = 0;
          slot.retryAtMonotonicMs = 0;
        }
        continue;
      }
      if (run.stopping) continue;
      const changed = config === null || configHash(config) !== run.configHash;
      if (!slot.desired.desired || changed) {
        logger.info('recorder.stopping', 'A recorder is asked to stop.', {
          device: slot.device,
          run: run.runId,
          why: slot.desired.desired ? 'its configuration changed' : slot.desired.reason,
        });
        void run.stop();
        this.#announce(slot);
      } else if (
        slot.failures > 0 &&
        run.lastAudio !== null &&
        clock.monotonicMs() - run.startedMonotonicMs > HEALTHY_MS
      ) {
        slot.failures = 0;
        slot.lastError = null;
      }
    }
  }

  async #keepReconciling(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        this.reconcile();
        if (this.#unfinished && this.#options.clock.monotonicMs() >= this.#nextLeftoversMs) {
          await this.#finishLeftovers();
        }
      } catch (error) {
        this.#options.logger.error(
          'recorder.reconcile_failed',
          'A reconciliation failed; the next follows.',
          {
            error,
          },
        );
      }
      await this.#nudge.wait(RECONCILE_MS, signal);
    }
  }

  /** What a full disk or an earlier console left in the buffers. */
  async #finishLeftovers(): Promise<void> {
    const waiting = await finishLeftovers(this.#options, (runId) =>
      [...this.#slots.values()].some(
        (slot) => slot.run?.runId === runId || slot.beginning !== null,
      ),
    );
    this.#unfinished = waiting > 0;
    this.#nextLeftoversMs = this.#options.clock.monotonicMs() + LEFTOVERS_MS;
  }

  async #begin(slot: Slot, device: Device, config: CaptureConfig): Promise<void> {
    try {
      if (this.#ffmpegProblem !== null) await this.#probe();
      slot.run = await CaptureRun.begin(
        this.#options,
        {
          name: device.name,
          displayName: device.displayName,
          simulated: device.kind === 'simulated',
        },
        config,
      );
      void slot.run.ended.then((end) => {
        this.#afterRun(slot, end);
      });
    } catch (error) {
      this.#fail(slot, failureOf(error));
    } finally {
      slot.beginning = null;
      this.#announce(slot);
      this.#nudge.nudge(); // what was wanted may have changed meanwhile
    }
  }

  #afterRun(slot: Slot, end: RunEnd): void {
    slot.lastSegmentWallMs = slot.run?.counts.lastEndWallMs ?? slot.lastSegmentWallMs;
    slot.run = null;
    if (!end.complete) this.#unfinished = true;
    if (end.failure === null) {
      slot.retryAtMonotonicMs = 0;
      slot.failures = 0;
      slot.lastError = null;
    } else {
      this.#fail(slot, end.failure);
    }
    this.#announce(slot);
    this.#nudge.nudge();
  }

  #fail(slot: Slot, failure: CaptureFailure): void {
    const { clock, logger } = this.#options;
    slot.failures += 1;
    slot.restarts += 1;
    const delayMs = restartDelayMs(slot.failures);
    slot.retryAtMonotonicMs = clock.monotonicMs() + delayMs;
    slot.lastError = { ...failure, at: toInstant(clock.wallMs()) };
    logger.error('recorder.failed', 'A recorder failed and will be started again.', {
      device: slot.device,
      ...failure,
      failures: slot.failures,
      retryInMs: delayMs,
    });
  }

  async #probe(): Promise<void> {
    try {
      this.#ffmpegVersion = await probeFfmpeg(this.#options.ffmpeg);
      this.#ffmpegProblem = null;
    } catch (error) {
      if (!(error instanceof StationError)) throw error;
      this.#ffmpegProblem = error.message;
      this.#options.logger.error('ffmpeg.missing', error.message);
    }
  }

  #decide(): Map<string, Desired> {
    const running = new Set(
      [...this.#slots.values()].filter((slot) => slot.run !== null).map((slot) => slot.device),
    );
    return decideRecorders(this.#options.devices(), this.#options.maxRecorders(), running);
  }

  #config(device: Device): CaptureConfig | null {
    const profile = device.profileSlug === null ? null : this.#options.profile(device.profileSlug);
    return profile === null ? null : captureConfig(device, profile, this.#options.segmentDurationS);
  }

  #slot(device: string): Slot {
    const existing = this.#slots.get(device);
    if (existing !== undefined) return existing;
    const slot: Slot = {
      device,
      run: null,
      beginning: null,
      desired: NOT_YET,
      failures: 0,
      restarts: 0,
      lastError: null,
      retryAtMonotonicMs: 0,
      lastSegmentWallMs: null,
    };
    this.#slots.set(device, slot);
    return slot;
  }

  #announce(slot: Slot): void {
    this.#options.bus.emit('recorder.changed', { device: slot.device });
  }

  #statusOf(device: Device, desired: Desired): RecorderStatus {
    const { clock } = this.#options;
    const slot = this.#slots.get(device.name);
    const run = slot?.run ?? null;
    const survivor = run === null ? this.#survivors.get(device.name) : undefined;
    if (survivor !== undefined) return this.#statusOfSurvivor(device, desired, survivor);
    const config = run?.config ?? this.#config(device);
    const waitMs = (slot?.retryAtMonotonicMs ?? 0) - clock.monotonicMs();
    const state = this.#stateOf(slot, desired, waitMs);
    const lastSegment = run?.counts.lastEndWallMs ?? slot?.lastSegmentWallMs ?? null;
    const lastAudio = run?.lastAudio ?? null;
    const { anchor = null } = run ?? {};
    return {
      ...this.#blankStatus(device, desired, config),
      state,
      runId: run?.runId ?? null,
      runStartedAt: anchor === null ? null : toInstant(anchor.wallMs),
      lastAudioAt: lastAudio === null ? null : toInstant(lastAudio.wallMs),
      lastSegmentAt: lastSegment === null ? null : toInstant(lastSegment),
      segmentsPromoted: run?.counts.promoted ?? 0,
      segmentsRefused: run?.counts.refused ?? 0,
      recordedS: run === null ? 0 : run.counts.frames / firstStreamRate(run.config),
      restarts: slot?.restarts ?? 0,
      lastError: slot?.lastError ?? null,
      retryAt: state === 'waiting' ? toInstant(clock.wallMs() + waitMs) : null,
    };
  }

  #statusOfSurvivor(device: Device, desired: Desired, survivor: Survivor): RecorderStatus {
    const { record, lastAudioWallMs } = survivor;
    const { config } = record;
    const fresh =
      lastAudioWallMs !== null && this.#options.clock.wallMs() - lastAudioWallMs <= FRESH_MS;
    return {
      ...this.#blankStatus(device, desired, config),
      state: fresh ? 'recording' : 'stalled',
      runId: record.runId,
      runStartedAt: toInstant(record.anchor?.wallMs ?? record.startedWallMs),
      lastAudioAt: lastAudioWallMs === null ? null : toInstant(lastAudioWallMs),
    };
  }

  #blankStatus(device: Device, desired: Desired, config: CaptureConfig | null): RecorderStatus {
    return {
      device: device.name,
      displayName: device.displayName,
      kind: device.kind,
      profileSlug: device.profileSlug,
      sampleRateHz: config?.sampleRateHz ?? null,
      channels: config?.channels ?? null,
      format: config?.format ?? null,
      desired: desired.desired,
      desiredReason: desired.reason,
      state: 'idle',
      runId: null,
      runStartedAt: null,
      lastAudioAt: null,
      lastSegmentAt: null,
      segmentsPromoted: 0,
      segmentsRefused: 0,
      recordedS: 0,
      segmentDurationS: config?.segmentDurationS ?? null,
      restarts: 0,
      lastError: null,
      retryAt: null,
    };
  }

  #stateOf(slot: Slot | undefined, desired: Desired, waitMs: number): RecorderState {
    const { clock } = this.#options;
    const run = slot?.run ?? null;
    if (run === null) {
      if (!desired.desired) return 'idle';
      const failed = (slot?.lastError ?? null) !== null;
      return failed && waitMs > 0 ? 'waiting' : 'starting';
    }
    if (run.stopping) return 'stopping';
    const since = run.lastAudio?.monotonicMs ?? null;
    if (since === null) {
      return clock.monotonicMs() - run.startedMonotonicMs > FRESH_MS * 3 ? 'stalled' : 'starting';
    }
    return clock.monotonicMs() - since <= FRESH_MS ? 'recording' : 'stalled';
  }
}

const NOT_YET: Desired = { desired: false, reason: 'console_stopped' };

function firstStreamRate(config: CaptureConfig): number {
  return config.raw ? config.sampleRateHz : PROCESSED_RATE_HZ;
}

function failureOf(error: unknown): CaptureFailure {
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof SpawnError) {
    return { code: code === 'ENOENT' ? 'FFMPEG_MISSING' : 'UNKNOWN', detail };
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return { code: 'DISK_FULL', detail };
  if (['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EIO'].includes(code)) {
    return { code: 'DATA_FOLDER_UNWRITABLE', detail };
  }
  return { code: 'UNKNOWN', detail };
}
