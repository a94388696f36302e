import type { Device } from '@shared/model/device';
import type { Profile } from '@shared/model/profile';
import type {
  CaptureErrorCode,
  ProcessPriority,
  RecorderStatus,
  SignalHealth,
} from '@shared/model/recorder';
import type { DataDiskState } from '@shared/model/station';
import { toInstant } from '@shared/model/time';
import { Nudge } from '../clock/nudge';
import { SpawnError } from '../process/spawn-detached';
import type { Service, ServiceStatus } from '../service';
import { StationError } from '../station-error';
import { restartDelayMs } from './backoff';
import { captureConfig, type CaptureConfig, configHash } from './capture-config';
import { type CaptureFailure, failureOf, gapReasonOf, stopReason } from './capture-failure';
import { CaptureRun, type CaptureTools, type RunEnd } from './capture-run';
import { type DecisionFacts, decideRecorders, type Desired } from './desired';
import { probeFfmpeg } from './ffmpeg-probe';
import { finishLeftovers } from './leftovers';
import { type OpenRun, surveyRuns } from './open-runs';
import { emptySlot, NOT_YET, type RecorderSlot } from './recorder-slot';
import { statusOf, statusOfSurvivor } from './recorder-status';
import { newRunId } from './start-capture';
import { endSurvivor, findSurvivors, type Survivor } from './survivors';

/** What the recorder needs to know of the disk that it records to. */
export interface DataDisk {
  /** May something be written there now? */
  usable(): boolean;
  state(): { readonly state: DataDiskState; readonly detail: string };
  /** Something failed there: look at once. */
  suspect(): void;
  /** Looks now. */
  look(): Promise<void>;
}

export interface SupervisorOptions extends CaptureTools {
  readonly devices: () => readonly Device[];
  readonly profile: (slug: string) => Profile | null;
  readonly maxRecorders: () => number;
  readonly schedule: DecisionFacts['schedule'];
  readonly dataDisk: DataDisk;
  /** More than ffmpeg says about a device that cannot be opened, e.g. who holds it; null: nothing more. */
  readonly explain: (device: Device, code: CaptureErrorCode) => Promise<string | null>;
  /** What a run sounds like, as far as it was measured. */
  readonly signalOf: (device: string, runId: string) => SignalHealth | null;
  /** Of a process number; null when it is gone. */
  readonly priorityOf: (pid: number) => ProcessPriority | null;
  /** Overrides the profile's, for `run --segment`. */
  readonly segmentDurationS?: number;
}

const RECONCILE_MS = 1_000;
/** After this long without a failure, the past is forgiven. */
const HEALTHY_MS = 5 * 60_000;
/** Captures that are not ours and hold a device are looked at again this often. */
const TAKE_OVER_MS = 2_000;
/** Segments that could not be kept are tried again this often. */
const LEFTOVERS_MS = 30_000;

/** Keeps what runs equal to what should run: compares once a second and on every nudge. */
export class RecorderSupervisor implements Service {
  readonly name = 'recorder';
  readonly #options: SupervisorOptions;
  readonly #slots = new Map<string, RecorderSlot>();
  /** Runs that this console looks after, from before their first file to after their last. */
  readonly #ours = new Set<string>();
  /** Runs of earlier consoles that are being ended and kept now. */
  readonly #finishingRuns = new Set<string>();
  /** By workspace: captures that are not ours and still go on there. Nothing is begun beside them. */
  #holds: ReadonlyMap<string, CaptureFailure> = new Map();
  /** It is known what an earlier console left. */
  #surveyed = false;
  /** Infinity, as long as nothing holds. */
  #nextTakeOverMs = -Infinity;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  #loop: Promise<void> | null = null;
  /** Between start and stop. */
  #running = false;
  /** What was found when it was only looked; null: it was not. */
  #survivors: ReadonlyMap<string, Survivor> | null = null;
  #ffmpegVersion: string | null = null;
  #ffmpegProblem: string | null = null;
  /** Runs have ended whose segments are not all kept yet. */
  #unfinished = true;
  #nextLeftoversMs = 0;
  #finishing: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#nudge = new Nudge(options.clock);
  }

  /** Takes over the captures that an earlier console left running, then keeps what should run running. */
  async start(): Promise<void> {
    if (this.#loop !== null) return;
    await this.#takeOver();
    await this.#probe();
    const { bus } = this.#options;
    const nudge = (): void => {
      this.#nudge.nudge();
    };
    const onDevice = ({ name }: { name: string }): void => {
      // It came back, or is another one now: what it failed with before says nothing any more.
      const slot = this.#slots.get(name);
      if (slot !== undefined) slot.retryAtMonotonicMs = 0;
      nudge();
    };
    bus.on('device.changed', onDevice);
    bus.on('profile.changed', nudge);
    bus.on('settings.changed', nudge);
    bus.on('data_disk.changed', nudge);
    bus.on('clock.stepped', nudge);
    this.#abort.signal.addEventListener('abort', () => {
      bus.off('device.changed', onDevice);
      bus.off('profile.changed', nudge);
      bus.off('settings.changed', nudge);
      bus.off('data_disk.changed', nudge);
      bus.off('clock.stepped', nudge);
    });
    this.#running = true;
    this.#loop = this.#keepReconciling();
  }

  /** Ends every capture and keeps its last segment. */
  async stop(): Promise<void> {
    await this.#rest();
    const why = { reason: 'console_stopped', detail: 'the console was stopped' } as const;
    await Promise.all(
      [...this.#slots.values()].map(async (slot) => {
        await slot.beginning;
        await slot.run?.stop(why);
      }),
    );
  }

  /** Lets every capture run on, for the next console to adopt: an update must not cost a sample. */
  async handOver(): Promise<void> {
    await this.#rest();
    for (const slot of this.#slots.values()) await slot.beginning;
    // Once let go they are told of as what they are: captures that go on.
    await this.look();
    await Promise.all(
      [...this.#slots.values()].map(async (slot) => {
        await slot.run?.release();
      }),
    );
  }

  async #rest(): Promise<void> {
    this.#running = false;
    this.#abort.abort();
    this.#nudge.nudge();
    await this.#loop;
    await this.#finishing;
  }

  status(): ServiceStatus {
    // Once a second, for counts alone: what costs a look into /proc is left out.
    const all = this.#statuses(() => null);
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
    return this.#statuses(this.#options.priorityOf);
  }

  /** Does a capture of this device run, also one that was taken over or goes on without a console? */
  isCapturing(device: string): boolean {
    return (this.#slots.get(device)?.run ?? null) !== null || this.#survivors?.has(device) === true;
  }

  #statuses(priorityOf: SupervisorOptions['priorityOf']): RecorderStatus[] {
    const { clock, devices, signalOf } = this.#options;
    const decided = this.#running ? this.#decide() : this.#decideAlone();
    return devices().map((device) => {
      const facts = {
        device,
        desired: decided.get(device.name) ?? NOT_YET,
        config: this.#config(device),
        clock,
      };
      const slot = this.#slots.get(device.name);
      const run = slot?.run ?? null;
      const survivor = run === null ? this.#survivors?.get(device.name) : undefined;
      if (survivor !== undefined) {
        return statusOfSurvivor(facts, survivor, priorityOf(survivor.process.pid));
      }
      const priority = run === null ? null : priorityOf(run.identity.pid);
      const signal = run === null ? null : signalOf(device.name, run.runId);
      return { ...statusOf(facts, slot, priority), signal };
    });
  }

  /** Where a device's live stream comes in now; null: nowhere. */
  livePort(device: string): { port: number; channels: number; runId: string } | null {
    const run = this.#slots.get(device)?.run ?? null;
    return run === null || run.live === null ? null : { ...run.live, runId: run.runId };
  }

  /** Moves the anchor of a run that is still being recorded, after the clock was set. */
  async shiftRun(runId: string, deltaMs: number): Promise<void> {
    for (const { run } of this.#slots.values()) {
      if (run?.runId === runId) await run.shiftAnchor(deltaMs);
    }
  }

  /** Without being started: looks which captures of an earlier console still live, so that none is hidden. */
  async look(): Promise<void> {
    this.#survivors = await findSurvivors(this.#options.recorderDir);
  }

  /**
   * Makes what a person has just decided of a device so. A console does at once; where none runs, a capture that is
   * not wanted any more is ended here, for nobody else would.
   */
  async settle(device: string): Promise<void> {
    if (this.#running) this.reconcile();
    else if (this.#survivors !== null) await this.#settleAlone(device, this.#survivors);
  }

  async #settleAlone(device: string, survivors: ReadonlyMap<string, Survivor>): Promise<void> {
    const { bus, clock, logger, recorderDir } = this.#options;
    const desired = this.#decide().get(device);
    const duty = this.#duties().get(device);
    if (desired === undefined || duty === undefined) return;
    bus.emit('duty.changed', { device, desired: duty.desired, reason: duty.reason });
    const survivor = survivors.get(device);
    if (survivor === undefined || desired.desired || !isDecision(desired)) return;
    const { detail: why } = stopReason(desired);
    const context = { device, run: survivor.record.runId, pid: survivor.process.pid, why };
    logger.info('recorder.stopping', 'A capture without a console is asked to end.', context);
    if (!(await endSurvivor(recorderDir, survivor, { wallMs: clock.wallMs(), why }, clock))) {
      logger.error(
        'capture.left',
        'A capture process that cannot be ended was left behind.',
        context,
      );
    }
    await this.look();
  }

  /** Compares and acts at once. Does nothing before the start and after the stop. */
  reconcile(): void {
    if (!this.#running) return;
    const known = new Map(this.#options.devices().map((device) => [device.name, device]));
    for (const name of known.keys()) this.#slot(name);
    const decided = this.#decide();
    const duties = this.#duties();
    for (const slot of this.#slots.values()) {
      const device = known.get(slot.device);
      slot.desired = decided.get(slot.device) ?? { ...NOT_YET, reason: 'stopped_by_user' };
      this.#tellDuty(slot, duties.get(slot.device)?.desired ?? false);
      const config = device === undefined ? null : this.#config(device);
      if (slot.run !== null) this.#reconcileRun(slot, slot.run, config);
      else if (slot.beginning === null) this.#reconcileRest(slot, device, config);
    }
  }

  #reconcileRest(
    slot: RecorderSlot,
    device: Device | undefined,
    config: CaptureConfig | null,
  ): void {
    const { clock } = this.#options;
    if (device === undefined) {
      this.#slots.delete(slot.device);
      return;
    }
    if (!slot.desired.desired) {
      // Asked to rest: whatever failed before is no longer waited for.
      slot.failures = 0;
      slot.retryAtMonotonicMs = 0;
      slot.blocked = false;
      return;
    }
    if (config === null || this.#isBlocked(slot, config.workspace)) return;
    if (clock.monotonicMs() >= slot.retryAtMonotonicMs) {
      slot.beginning = this.#begin(slot, device, config);
    }
  }

  #reconcileRun(slot: RecorderSlot, run: CaptureRun, config: CaptureConfig | null): void {
    if (run.stopping) return;
    const { clock, logger } = this.#options;
    const changed = config === null || configHash(config) !== run.configHash;
    if (!slot.desired.desired || changed) {
      const why = stopReason(slot.desired);
      logger.info('recorder.stopping', 'A recorder is asked to stop.', {
        device: slot.device,
        run: run.runId,
        why: why.detail,
      });
      void run.stop(why);
      this.#announce(slot);
      return;
    }
    const fresh = run.lastAudio !== null && clock.monotonicMs() - run.lastAudio.monotonicMs < 5_000;
    if (slot.failures > 0 && fresh && run.watchedMs > HEALTHY_MS) {
      slot.failures = 0;
      slot.lastError = null;
    }
  }

  /**
   * A disk that takes nothing is waited for; hammering it with captures that die would help nobody. So is a capture of
   * an earlier console that is not ours: never two of one device.
   */
  #isBlocked(slot: RecorderSlot, workspace: string): boolean {
    const { bus, clock } = this.#options;
    const obstacle = this.#obstacle(workspace);
    if (obstacle === null) {
      if (slot.blocked) slot.lastError = null;
      slot.blocked = false;
      return false;
    }
    const { code, detail } = obstacle;
    if (!slot.blocked || slot.lastError?.code !== code) {
      slot.blocked = true;
      slot.lastError = { code, detail, at: toInstant(clock.wallMs()) };
      bus.emit('capture.refused', { device: slot.device, reason: gapReasonOf(code), detail });
      this.#announce(slot);
    }
    return true;
  }

  #obstacle(workspace: string): CaptureFailure | null {
    const { dataDisk } = this.#options;
    if (dataDisk.usable()) {
      const unknown = {
        code: 'UNKNOWN' as const,
        detail: 'what an earlier console left is not known yet',
      };
      return this.#surveyed ? (this.#holds.get(workspace) ?? null) : unknown;
    }
    const { state, detail } = dataDisk.state();
    const full = state === 'full' || state === 'no_inodes';
    return { code: full ? 'DISK_FULL' : 'DATA_FOLDER_UNWRITABLE', detail };
  }

  /**
   * Captures of an earlier console that still run go on as ours, before anything else is done. Those that cannot be
   * taken over hold their workspace until they have ended.
   */
  async #takeOver(): Promise<void> {
    const { clock, logger, recorderDir } = this.#options;
    const ours = new Set(this.#ours);
    const isOurs = (runId: string): boolean => ours.has(runId) || this.#ours.has(runId);
    let survey;
    try {
      survey = await surveyRuns(recorderDir);
    } catch (error) {
      // Until it is known what runs, nothing is begun.
      this.#nextTakeOverMs = clock.monotonicMs() + TAKE_OVER_MS;
      logger.error('run.list_failed', 'Runs of an earlier console could not be listed.', { error });
      return;
    }
    const holds = new Map<string, CaptureFailure>();
    for (const [workspace, problem] of survey.unseen) {
      const detail = `what an earlier console records there cannot be seen: ${problem}`;
      holds.set(workspace, { code: 'UNKNOWN', detail });
    }
    // Two of one device cannot be: the newest is taken over, any other is ended with the leftovers.
    const newestFirst = [...survey.open].sort(
      (a, b) => (b.record?.startedWallMs ?? 0) - (a.record?.startedWallMs ?? 0),
    );
    for (const run of newestFirst) {
      if (run.process === null || isOurs(run.runId) || this.#adopt(run)) continue;
      const detail = `a capture of an earlier console still has it (process ${String(run.process.pid)}${
        run.obstacle === null ? '' : `; ${run.obstacle.detail}`
      })`;
      holds.set(run.workspace, { code: 'DEVICE_BUSY', detail });
    }
    this.#surveyed = true;
    this.#setHolds(holds);
  }

  /** @returns whether it is ours now */
  #adopt(run: OpenRun): boolean {
    const { record, process, runId } = run;
    if (process === null || record === null || record.ended !== null) return false;
    if (this.#finishingRuns.has(runId)) return false;
    const slot = this.#slot(record.config.device);
    if (slot.run !== null || slot.beginning !== null) return false;
    if (slot.blocked) slot.lastError = null;
    slot.blocked = false;
    this.#ours.add(runId);
    this.#follow(slot, CaptureRun.adopt(this.#options, { ...record, process }));
    return true;
  }

  #setHolds(holds: ReadonlyMap<string, CaptureFailure>): void {
    const { clock, logger } = this.#options;
    for (const [workspace, { detail }] of holds) {
      if (this.#holds.get(workspace)?.detail === detail) continue;
      logger.warn('recorder.held', 'Nothing is begun in a workspace for now.', {
        workspace,
        detail,
      });
    }
    // What held it is over: what it left can be kept.
    if ([...this.#holds.keys()].some((workspace) => !holds.has(workspace))) {
      this.#unfinished = true;
      this.#nextLeftoversMs = -Infinity;
    }
    this.#holds = holds;
    this.#nextTakeOverMs = holds.size === 0 ? Infinity : clock.monotonicMs() + TAKE_OVER_MS;
  }

  async #keepReconciling(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        if (this.#options.clock.monotonicMs() >= this.#nextTakeOverMs) await this.#takeOver();
        this.reconcile();
        this.#finishSoon();
      } catch (error) {
        this.#options.logger.error(
          'recorder.reconcile_failed',
          'A reconciliation failed; the next follows.',
          { error },
        );
      }
      await this.#nudge.wait(this.#restMs(), signal);
    }
  }

  /** Until the next look, or sooner to the moment when a capture that failed may be tried again. */
  #restMs(): number {
    const nowMs = this.#options.clock.monotonicMs();
    const waits = [...this.#slots.values()]
      .filter(({ run, retryAtMonotonicMs }) => run === null && retryAtMonotonicMs > nowMs)
      .map(({ retryAtMonotonicMs }) => retryAtMonotonicMs - nowMs);
    return Math.min(RECONCILE_MS, ...waits);
  }

  /** Beside the captures, never before them: what a full disk or a dead console left in the buffers. */
  #finishSoon(): void {
    const { clock, dataDisk, logger } = this.#options;
    const due = this.#unfinished && clock.monotonicMs() >= this.#nextLeftoversMs;
    if (!due || this.#finishing !== null || !dataDisk.usable()) return;
    this.#unfinished = false;
    this.#finishing = finishLeftovers(this.#options, {
      isOurs: (runId) => this.#ours.has(runId),
      finishing: this.#finishingRuns,
      mayEnd: (run) => this.#mayEnd(run),
    })
      .then((waiting) => {
        if (waiting > 0) this.#unfinished = true;
      })
      .catch((error: unknown) => {
        this.#unfinished = true;
        logger.error('run.finish_failed', 'Runs of an earlier console could not be listed.', {
          error,
        });
      })
      .finally(() => {
        this.#finishing = null;
        this.#nextLeftoversMs = clock.monotonicMs() + LEFTOVERS_MS;
      });
  }

  /** A capture that goes on and that nobody looks after is taken over where it can be. */
  #mayEnd({ record }: OpenRun): boolean {
    if (record === null || record.ended !== null) return true;
    if ((this.#slots.get(record.config.device)?.run ?? null) !== null) return true;
    this.#nextTakeOverMs = -Infinity;
    return false;
  }

  async #begin(slot: RecorderSlot, device: Device, config: CaptureConfig): Promise<void> {
    const runId = newRunId();
    this.#ours.add(runId);
    try {
      // Gone since the last look, its mount point would take what is meant for it.
      await this.#options.dataDisk.look();
      if (!this.#options.dataDisk.usable()) {
        this.#ours.delete(runId);
        return;
      }
      if (this.#ffmpegProblem !== null) await this.#probe();
      const run = await CaptureRun.begin(
        this.#options,
        {
          name: device.name,
          displayName: device.displayName,
          simulated: device.kind === 'simulated',
          ...hardwareOf(device, this.#profileOf(device)),
        },
        config,
        runId,
      );
      this.#follow(slot, run);
    } catch (error) {
      this.#ours.delete(runId);
      // It may have recorded before it could not be written down; and what cannot be ended holds the device.
      if (!(error instanceof SpawnError)) {
        this.#unfinished = true;
        this.#nextLeftoversMs = -Infinity;
        this.#nextTakeOverMs = -Infinity;
      }
      this.#options.dataDisk.suspect();
      const failure = failureOf(error);
      if (failure.code === 'FFMPEG_MISSING') await this.#probe(); // it was there when we started
      this.#fail(slot, failure);
      this.#options.bus.emit('capture.refused', {
        device: slot.device,
        reason: gapReasonOf(failure.code),
        detail: failure.detail,
      });
    } finally {
      slot.beginning = null;
      this.#announce(slot);
      this.#nudge.nudge(); // what was wanted may have changed meanwhile
    }
  }

  #follow(slot: RecorderSlot, run: CaptureRun): void {
    slot.run = run;
    void run.ended.then((end) => {
      slot.lastSegmentWallMs = run.counts.lastEndWallMs ?? slot.lastSegmentWallMs;
      slot.run = null;
      this.#ours.delete(run.runId);
      if (end !== null) this.#afterRun(slot, end);
      this.#announce(slot);
      this.#nudge.nudge();
    });
  }

  #afterRun(slot: RecorderSlot, end: RunEnd): void {
    if (!end.complete) this.#unfinished = true;
    if (end.failure === null) {
      slot.retryAtMonotonicMs = 0;
      slot.failures = 0;
      slot.lastError = null;
      return;
    }
    const { code } = end.failure;
    if (code === 'DISK_FULL' || code === 'DATA_FOLDER_UNWRITABLE') this.#options.dataDisk.suspect();
    this.#fail(slot, end.failure);
  }

  #fail(slot: RecorderSlot, failure: CaptureFailure): void {
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
    void this.#explain(slot, slot.lastError);
  }

  /** Adds what can be found out beside ffmpeg's own words, e.g. who holds the device. */
  async #explain(slot: RecorderSlot, error: NonNullable<RecorderSlot['lastError']>): Promise<void> {
    const { devices, explain, logger } = this.#options;
    const device = devices().find(({ name }) => name === slot.device);
    if (device === undefined) return;
    try {
      const more = await explain(device, error.code);
      if (more === null || slot.lastError !== error) return;
      slot.lastError = { ...error, detail: `${more} (${error.detail})` };
      logger.info('recorder.explained', 'Why a recorder failed.', { device: slot.device, more });
      this.#announce(slot);
    } catch (problem) {
      logger.debug('recorder.explain_failed', 'Nothing more could be found out.', { problem });
    }
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

  #facts(): DecisionFacts {
    const { clock, dataDisk, schedule } = this.#options;
    return {
      nowMs: clock.wallMs(),
      dataDiskMissing: dataDisk.state().state === 'missing',
      schedule,
    };
  }

  #occupied(): ReadonlySet<string> {
    const runs = [...this.#slots.values()].filter((slot) => slot.run !== null);
    return new Set([...(this.#survivors?.keys() ?? []), ...runs.map((slot) => slot.device)]);
  }

  /** While no console runs: what goes on is judged as ever, and nothing begins. */
  #decideAlone(): Map<string, Desired> {
    const survivors = this.#survivors;
    if (survivors === null) return new Map();
    return new Map(
      [...this.#decide()].map(([device, desired]) => [
        device,
        desired.desired && !survivors.has(device)
          ? { ...NOT_YET, nextChangeMs: desired.nextChangeMs }
          : desired,
      ]),
    );
  }

  #decide(): Map<string, Desired> {
    const { devices, maxRecorders } = this.#options;
    return decideRecorders(devices(), maxRecorders(), this.#occupied(), this.#facts());
  }

  /** What should run if every cable and disk were in order: what does not run of that is a gap. */
  #duties(): Map<string, Desired> {
    const { devices, maxRecorders } = this.#options;
    const plugged = devices().map((device) => ({ ...device, presence: 'online' as const }));
    const facts = { ...this.#facts(), dataDiskMissing: false };
    return decideRecorders(plugged, maxRecorders(), this.#occupied(), facts);
  }

  #tellDuty(slot: RecorderSlot, onDuty: boolean): void {
    const { reason } = slot.desired;
    const duty = `${String(onDuty)} ${reason}`;
    if (duty === slot.duty) return;
    slot.duty = duty;
    this.#options.bus.emit('duty.changed', { device: slot.device, desired: onDuty, reason });
  }

  #profileOf(device: Device): Profile | null {
    return device.profileSlug === null ? null : this.#options.profile(device.profileSlug);
  }

  #config(device: Device): CaptureConfig | null {
    const profile = this.#profileOf(device);
    return profile === null ? null : captureConfig(device, profile, this.#options.segmentDurationS);
  }

  #slot(device: string): RecorderSlot {
    const existing = this.#slots.get(device);
    if (existing !== undefined) return existing;
    const slot = emptySlot(device);
    this.#slots.set(device, slot);
    return slot;
  }

  #announce(slot: RecorderSlot): void {
    this.#options.bus.emit('recorder.changed', { device: slot.device });
  }
}

/** Did a person want it so? What merely stands in the way of a capture ends none. */
function isDecision({ reason }: Desired): boolean {
  return (
    reason === 'stopped_by_user' ||
    reason === 'paused' ||
    reason === 'outside_schedule' ||
    reason === 'ignored'
  );
}

/** What the hardware calls itself, for the metadata of its recordings. */
function hardwareOf(
  device: Pick<Device, 'kind' | 'alsaName' | 'usbSerial'>,
  profile: Pick<Profile, 'manufacturer' | 'model'> | null,
): { make: string | null; model: string | null; serial: string | null } {
  // A profile tells how it is simulated, and not what it is.
  if (device.kind === 'simulated') return { make: null, model: null, serial: null };
  return {
    make: nonEmpty(profile?.manufacturer),
    model: nonEmpty(profile?.model) ?? device.alsaName,
    serial: device.usbSerial,
  };
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
