import { type FSWatcher, watch } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Nudge } from '../clock/nudge';
import type { EventBus } from '../events/bus';
import { isAlive, type ProcessIdentity } from '../process/identity';
import { favour } from '../process/priority';
import { terminate } from '../process/terminate';
import { AudioGrowth } from './audio-growth';
import { bufferFileName } from './capture-command';
import { type CaptureConfig, frameBytes } from './capture-config';
import { type CaptureFailure, gapReasonOf, type StopReason } from './capture-failure';
import {
  contradiction,
  countOverruns,
  diagnose,
  type InputFacts,
  parseInputFacts,
  type ProcessEnd,
} from './capture-log';
import { LogTail } from './log-tail';
import { anchorRun, type RunAnchor } from './run-anchor';
import {
  type RunFolder,
  runFolderAt,
  type RunRecord,
  writeRunRecord,
  writeTiming,
} from './run-files';
import type { RunTiming } from './run-timing';
import type { DescribeSegment } from './segment-metadata';
import { type PromotionCounts, SegmentPromoter } from './segment-promoter';
import { startCapture, type StartTools } from './start-capture';
import { judgeCapture } from './watchdog';
import { type Workspace, workspaceAt } from './workspace';

export interface CaptureTools extends StartTools {
  readonly bus: EventBus;
  readonly clockSynced: () => boolean | null;
  /** What is written into each raw file beside the sound. */
  readonly describe: DescribeSegment;
}

/** How a run ended. */
export interface RunEnd {
  readonly asked: boolean;
  /** null when it was asked to end. */
  readonly failure: CaptureFailure | null;
  /** false: segments had to stay in the buffer and wait to be taken up. */
  readonly complete: boolean;
}

/** Who looks after the process: its parent is told when it ends, whoever adopted it must look. */
interface Charge {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<ProcessEnd> | null;
}

const STARTING_POLL_MS = 100;
const RUNNING_POLL_MS = 1_000;

/** One life of one capture process, from spawn, or from taking it over, to the last promoted segment. */
export class CaptureRun {
  readonly runId: string;
  readonly config: CaptureConfig;
  readonly configHash: string;
  /**
   * Resolves when the process is gone and everything it left is promoted, or, with null, when it was let go.
   * Never rejects.
   */
  readonly ended: Promise<RunEnd | null>;
  /** Taken over, running, from an earlier console. */
  readonly adopted: boolean;
  readonly live: { readonly port: number; readonly channels: number } | null;
  readonly identity: ProcessIdentity;

  readonly #tools: CaptureTools;
  readonly #workspace: Workspace;
  readonly #folder: RunFolder;
  readonly #promoter: SegmentPromoter;
  readonly #timing: RunTiming;
  readonly #growth: AudioGrowth;
  readonly #log: LogTail;
  readonly #progress: LogTail;
  readonly #nudge: Nudge;
  /** Since when this console watches it, monotonic milliseconds. */
  readonly #watchedSinceMs: number;
  readonly #childOfOurs: boolean;
  #record: RunRecord;
  #facts: InputFacts | null = null;
  #gone = false;
  #processEnd: ProcessEnd | null = null;
  #released = false;
  #stopReason: StopReason | null = null;
  #stopping: Promise<void> | null = null;
  #promoting: Promise<void> | null = null;
  #promotionBlocked = false;
  #lastValidMs: number | null = null;
  #verdict: CaptureFailure | null = null;

  private constructor(tools: CaptureTools, record: RunRecord, charge: Charge) {
    const { config } = record;
    this.#tools = tools;
    this.#record = record;
    this.runId = record.runId;
    this.config = config;
    this.configHash = record.configHash;
    this.identity = charge.identity;
    this.adopted = charge.exited === null;
    this.#childOfOurs = charge.exited !== null;
    this.#watchedSinceMs = tools.clock.monotonicMs();
    const { livePort } = record;
    this.live =
      livePort === null || livePort === undefined
        ? null
        : { port: livePort, channels: config.channels };
    this.#workspace = workspaceAt(tools.recorderDir, config.workspace);
    this.#folder = runFolderAt(this.#workspace.path, record.runId);
    this.#log = new LogTail(this.#folder.logFile);
    this.#progress = new LogTail(this.#folder.progressFile);
    this.#nudge = new Nudge(tools.clock);
    this.#promoter = new SegmentPromoter({
      config,
      runId: record.runId,
      device: record.device,
      folder: this.#folder,
      workspace: this.#workspace,
      anchor: () => this.#anchor(),
      ffmpeg: tools.ffmpeg,
      describe: tools.describe,
      bus: tools.bus,
      logger: tools.logger,
    });
    this.#timing = this.#promoter.timing;
    const stream = config.raw ? 'raw' : 'processed';
    this.#growth = new AudioGrowth(tools.clock, frameBytes(config), (sequence) =>
      join(this.#workspace.buffer[stream], bufferFileName(this.runId, sequence)),
    );
    void charge.exited?.then((end) => {
      this.#processEnd = end;
      this.#gone = true;
      this.#nudge.nudge();
    });
    this.ended = this.#follow();
  }

  /**
   * Takes over a capture that an earlier console started and that still runs: not a sample is touched.
   * @param record its process must be alive
   */
  static adopt(tools: CaptureTools, record: RunRecord & { process: ProcessIdentity }): CaptureRun {
    tools.logger.info('capture.adopted', 'A running capture was taken over.', {
      device: record.config.device,
      run: record.runId,
      pid: record.process.pid,
    });
    void favour(record.process.pid); // an older console may not have done so
    return new CaptureRun(tools, record, { identity: record.process, exited: null });
  }

  /**
   * Starts a capture.
   * @throws SpawnError when ffmpeg cannot be started; Node's errors when the workspace cannot be written
   */
  static async begin(
    tools: CaptureTools,
    device: RunRecord['device'],
    config: CaptureConfig,
    runId: string,
  ): Promise<CaptureRun> {
    const { record, process } = await startCapture(tools, device, config, runId);
    return new CaptureRun(tools, record, process);
  }

  get anchor(): RunAnchor | null {
    return this.#record.anchor;
  }

  get stopping(): boolean {
    return this.#stopping !== null;
  }

  get counts(): Readonly<PromotionCounts> {
    return this.#promoter.counts;
  }

  /** What is known of loss and drift. */
  get timing(): Pick<RunTiming, 'overruns' | 'lostS' | 'driftPpm'> {
    return this.#timing;
  }

  /** How long this console has watched it, milliseconds. */
  get watchedMs(): number {
    return this.#tools.clock.monotonicMs() - this.#watchedSinceMs;
  }

  /** When audio was last seen to grow on disk, on both clocks; null before the first. */
  get lastAudio(): { readonly monotonicMs: number; readonly wallMs: number } | null {
    return this.#growth.last;
  }

  /** Asks the process to finish its files and end; resolves when all is promoted. Safe to call twice. */
  async stop(why: StopReason): Promise<void> {
    this.#stopReason ??= why;
    await this.#end();
    await this.ended;
  }

  /** Lets go of the capture, which runs on for the next console to adopt. */
  async release(): Promise<void> {
    this.#released = true;
    this.#nudge.nudge();
    await this.ended;
  }

  /** Moves the anchor after the clock was set: what is promoted from now on carries the right time. */
  async shiftAnchor(deltaMs: number): Promise<void> {
    const { anchor } = this.#record;
    if (anchor === null) return;
    this.#record = {
      ...this.#record,
      anchor: { ...anchor, wallMs: anchor.wallMs + deltaMs, synced: true },
    };
    await writeRunRecord(this.#folder, this.#record);
  }

  async #end(): Promise<void> {
    this.#stopping ??= this.#terminate();
    await this.#stopping;
  }

  async #terminate(): Promise<void> {
    const { clock, logger } = this.#tools;
    const by = await terminate(this.identity, clock);
    if (by === 'SIGKILL' || by === 'nothing') {
      logger.warn('capture.killed', 'A capture process did not end when asked to.', {
        device: this.config.device,
        run: this.runId,
        by,
      });
    }
    // Stuck in the kernel: as long as it may write, its files are its own and its device is taken.
    while (by === 'nothing' && (await isAlive(this.identity))) await clock.sleep(RUNNING_POLL_MS);
    this.#gone = true;
    this.#nudge.nudge();
  }

  async #follow(): Promise<RunEnd | null> {
    await this.#resume();
    const watcher = this.#watchLists();
    while (!this.#gone && !this.#released) {
      await this.#nudge.wait(this.#growth.last === null ? STARTING_POLL_MS : RUNNING_POLL_MS);
      if (!this.#childOfOurs && !(await isAlive(this.identity))) this.#gone = true;
      await this.#turn();
    }
    watcher?.close();
    if (this.#gone) return this.#finish();
    await this.#promoting;
    return null;
  }

  /** What an earlier console, or an earlier look of ours, had already done for this run. */
  async #resume(): Promise<void> {
    try {
      await this.#promoter.resume();
    } catch (error) {
      this.#complain('run.resume_failed', 'What a run has done before could not be read.', error);
    }
  }

  /** One look at everything the process has written. */
  async #turn(): Promise<void> {
    try {
      const overruns = countOverruns(await this.#log.read());
      if (overruns > 0) this.#timing.overrun(overruns);
      await this.#progress.read();
      await this.#promoter.readLists();
      if (this.#record.anchor === null) await this.#readInputFacts();
      this.#lookForGrowth();
    } catch (error) {
      this.#complain(
        'capture.follow_failed',
        'A look at a running capture failed; it goes on.',
        error,
      );
    }
    // Beside the looks, not between them: a slow disk must not make growing audio seem to stand still.
    this.#promoting ??= this.#promote();
    if (!this.#gone && !this.#released) this.#judge();
  }

  async #promote(): Promise<void> {
    const before = this.counts.promoted;
    try {
      await this.#promoter.promoteClosed();
      this.#promotionBlocked = false;
      if (this.counts.promoted > before) await writeTiming(this.#folder, this.#timing.state);
    } catch (error) {
      this.#promotionBlocked = true;
      this.#complain('segment.promotion_failed', 'Closed segments wait to be kept.', error);
    } finally {
      if (this.counts.promoted > before) this.#lastValidMs = this.#tools.clock.monotonicMs();
      this.#promoting = null;
    }
  }

  /** Right after a look, so that a console that itself was held up blames nobody else. */
  #judge(): void {
    if (this.stopping) return;
    const verdict = judgeCapture({
      nowMs: this.#tools.clock.monotonicMs(),
      startedMs: this.#watchedSinceMs,
      lastGrowthMs: this.#growth.last?.monotonicMs ?? null,
      lastValidMs: this.#lastValidMs,
      promotionBlocked: this.#promotionBlocked,
      segmentDurationS: this.config.segmentDurationS,
    });
    if (verdict === null) return;
    this.#verdict = verdict;
    this.#tools.logger.error('capture.stalled', 'A capture is ended because no audio comes.', {
      device: this.config.device,
      run: this.runId,
      ...verdict,
    });
    this.#tools.bus.emit('recorder.changed', { device: this.config.device });
    void this.#end();
  }

  async #finish(): Promise<RunEnd> {
    const { clock, logger, bus } = this.#tools;
    await this.#promoting;
    await this.#turn();
    await this.#promoting;
    let complete = true;
    try {
      await this.#promoter.finish();
    } catch (error) {
      complete = false;
      this.#complain(
        'capture.finish_failed',
        'Segments of an ended capture wait to be kept.',
        error,
      );
    }
    const asked = this.#stopReason !== null;
    const failure = asked ? null : (this.#verdict ?? diagnose(this.#log.text, this.#processEnd));
    const why = failure === null ? 'stopped' : `${failure.code}: ${failure.detail}`;
    logger.info('capture.ended', 'A capture process ended.', {
      device: this.config.device,
      run: this.runId,
      why,
      segments: this.counts.promoted,
      overruns: this.#timing.overruns,
      lostS: this.#timing.lostS,
      ...(failure === null ? {} : { lastWords: this.#log.text.slice(-2000) }),
    });
    // Only what is complete is called ended: the rest is taken up again.
    if (complete) await this.#close(why, clock.wallMs());
    bus.emit('run.ended', {
      device: this.config.device,
      runId: this.runId,
      endWallMs: this.counts.lastEndWallMs,
      ...(this.#stopReason ?? {
        reason: failure === null ? 'capture_failed' : gapReasonOf(failure.code),
        detail: failure?.detail ?? '',
      }),
    });
    return { asked, failure, complete };
  }

  /** Writes down the end; a run that left nothing behind leaves no folder either. */
  async #close(why: string, wallMs: number): Promise<void> {
    try {
      this.#record = { ...this.#record, ended: { wallMs, why } };
      if (this.#promoter.leftSomething) await writeRunRecord(this.#folder, this.#record);
      else await rm(this.#folder.path, { recursive: true, force: true });
    } catch (error) {
      this.#complain('run.write_failed', 'The end of a run could not be written down.', error);
    }
  }

  #complain(event: string, message: string, error: unknown): void {
    const context = { device: this.config.device, run: this.runId, error };
    this.#tools.logger.error(event, message, context);
  }

  async #readInputFacts(): Promise<void> {
    const facts = parseInputFacts(this.#log.text);
    if (facts === null) return;
    this.#facts = facts;
    const anchor = this.#anchor();
    this.#record = { ...this.#record, anchor };
    await writeRunRecord(this.#folder, this.#record);
    this.#verdict = contradiction(this.config, facts);
    if (this.#verdict !== null) {
      // It never recorded what was asked of it: nobody is to think that it did until it is gone.
      void this.#end();
      return;
    }
    this.#tools.bus.emit('run.anchored', {
      device: this.config.device,
      runId: this.runId,
      wallMs: anchor.wallMs,
      monotonicMs: anchor.monotonicMs,
      bootId: this.#record.bootId ?? null,
      synced: anchor.synced,
    });
  }

  #anchor(): RunAnchor {
    const { anchor } = this.#record;
    return (
      anchor ?? anchorRun(this.#record, this.#facts?.startWallMs ?? null, this.#tools.clockSynced())
    );
  }

  #lookForGrowth(): void {
    const first = this.#growth.last === null;
    const frames = this.#growth.look(this.#promoter.openSequence);
    if (frames === null) return;
    const { clock, bus, logger } = this.#tools;
    const { anchor } = this.#record;
    if (anchor !== null) {
      const total = this.#promoter.openFirstFrame + frames;
      const loss = this.#timing.observe(anchor, clock.monotonicMs(), total);
      if (loss !== null) {
        const { device } = this.config;
        const detail = `${loss.lostS.toFixed(3)} s are missing by the monotonic clock`;
        logger.warn('sound.lost', 'Sound was lost inside a run.', {
          device,
          run: this.runId,
          ...loss,
        });
        bus.emit('sound.lost', {
          device,
          runId: this.runId,
          // Where the recordings show it: from the next segment on, times allow for what was lost.
          fromWallMs:
            this.#timing.wallMsOf(anchor, this.#promoter.segmentStartFrom(loss.atFrame)) -
            loss.lostS * 1000,
          lostS: loss.lostS,
          reason: loss.reason,
          detail,
        });
      }
    }
    if (first) bus.emit('recorder.changed', { device: this.config.device });
  }

  /** The system tells when a list changes; where it cannot, the poll finds it a second later. */
  #watchLists(): FSWatcher | null {
    try {
      const watcher = watch(this.#folder.path, { persistent: false }, (_event, name) => {
        if (name?.endsWith('.csv') === true) this.#nudge.nudge();
      });
      watcher.on('error', () => {
        watcher.close();
      });
      return watcher;
    } catch {
      return null;
    }
  }
}
