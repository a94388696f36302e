import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { Nudge } from '../clock/nudge';
import type { EventBus } from '../events/bus';
import { isAlive, type ProcessIdentity } from '../process/identity';
import { favour } from '../process/priority';
import { type EndedBy, terminate } from '../process/terminate';
import { AudioGrowth } from './audio-growth';
import { bufferFileName } from './capture-command';
import { type CaptureConfig, configHash, firstStreamRate, frameBytes } from './capture-config';
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
import { anchorRun, type RunAnchor, syncedEarlier } from './run-anchor';
import {
  closeRun,
  readTiming,
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
/** So long a process that no signal ends is waited for, before it is asked once more or let go. */
const STUCK_MS = 5_000;

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
  /** Of the record: one after the other. */
  #writing: Promise<void> = Promise.resolve();
  #facts: InputFacts | null = null;
  /** Decided once, from the first look at the facts; in the record as soon as that could be written. */
  #decidedAnchor: RunAnchor | null = null;
  #anchorComplained = false;
  /** It records something else than what was asked of it. */
  #contradicted = false;
  /** Bytes of the log whose overruns are counted. */
  #countedTo = 0;
  #gone = false;
  #processEnd: ProcessEnd | null = null;
  #released = false;
  #stopReason: StopReason | null = null;
  /** The console ends: what no signal ends is left to the next one. */
  #hurried = false;
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
    // As this console counts it: the one that wrote the record may have known other keys.
    this.configHash = configHash(record.config);
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
      clockSynced: tools.clockSynced,
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
    return this.#record.anchor ?? this.#decidedAnchor;
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

  /**
   * Asks the process to finish its files and end; resolves when all is promoted. Safe to call twice. When the console
   * itself stops, a process that no signal ends is let go after a while, for the next console to adopt.
   */
  async stop(why: StopReason): Promise<void> {
    this.#stopReason ??= why;
    this.#hurried ||= why.reason === 'console_stopped';
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
    await this.#amend((record) =>
      record.anchor === null || record.ended !== null
        ? record
        : {
            ...record,
            anchor: { ...record.anchor, wallMs: record.anchor.wallMs + deltaMs, synced: true },
          },
    );
  }

  /**
   * Changes the record: on the disk first, so that what is not there is tried again, and one change after the other,
   * so that none is lost.
   */
  async #amend(change: (record: RunRecord) => RunRecord): Promise<void> {
    const amended = this.#writing.then(async () => {
      const record = change(this.#record);
      if (record === this.#record) return;
      await writeRunRecord(this.#folder, record);
      this.#record = record;
    });
    this.#writing = amended.catch(() => undefined);
    await amended;
  }

  async #end(): Promise<void> {
    this.#stopping ??= this.#terminate();
    await this.#stopping;
  }

  async #terminate(): Promise<void> {
    const { clock, logger } = this.#tools;
    for (;;) {
      const by = await this.#askToEnd();
      if (by === 'SIGKILL' || by === 'nothing') {
        logger.warn('capture.killed', 'A capture process did not end when asked to.', {
          device: this.config.device,
          run: this.runId,
          by,
        });
      }
      // Stuck in the kernel: as long as it may write, its files are its own and its device is taken.
      const patientUntilMs = clock.monotonicMs() + STUCK_MS;
      let lives = by === 'nothing';
      while (lives && clock.monotonicMs() < patientUntilMs) {
        await clock.sleep(RUNNING_POLL_MS);
        lives = await this.#lives();
      }
      if (!lives) break;
      if (!this.#hurried) continue;
      logger.error('capture.left', 'A capture process that cannot be ended was left behind.', {
        device: this.config.device,
        run: this.runId,
        pid: this.identity.pid,
      });
      this.#released = true;
      this.#nudge.nudge();
      return;
    }
    this.#gone = true;
    this.#nudge.nudge();
  }

  async #askToEnd(): Promise<EndedBy> {
    try {
      return await terminate(this.identity, this.#tools.clock);
    } catch (error) {
      this.#complain('capture.end_failed', 'A capture process could not be asked to end.', error);
      return 'nothing';
    }
  }

  /** Where that cannot be told now, it does: nobody is to take up what it may still write. */
  async #lives(): Promise<boolean> {
    try {
      return await isAlive(this.identity);
    } catch (error) {
      this.#complain('capture.look_failed', 'Whether a capture still lives is not known.', error);
      return true;
    }
  }

  async #follow(): Promise<RunEnd | null> {
    await this.#resume();
    const watcher = this.#watchLists();
    while (!this.#gone && !this.#released) {
      await this.#nudge.wait(this.#growth.last === null ? STARTING_POLL_MS : RUNNING_POLL_MS);
      if (!this.#childOfOurs && !(await this.#lives())) this.#gone = true;
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
      const timing = await readTiming(this.#folder);
      // What is counted there must not be counted again: it would be taken for a loss of now.
      if (timing !== null) await this.#log.skipTo(timing.logOffset ?? null);
      this.#countedTo = this.#log.offset;
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
      this.#countedTo = this.#log.offset;
      await this.#progress.read();
      await this.#promoter.readLists();
      if (this.#record.anchor === null) await this.#anchorByFacts();
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
      if (this.counts.promoted > before) {
        const logOffset = this.#countedTo;
        await writeTiming(this.#folder, { ...this.#timing.state, logOffset });
      }
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
      // Of a run that was taken over, others had kept some before.
      ...(this.adopted
        ? { segmentsSinceAdopted: this.counts.promoted }
        : { segments: this.counts.promoted }),
      recordedS: this.counts.frames / firstStreamRate(this.config),
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

  async #close(why: string, wallMs: number): Promise<void> {
    try {
      await this.#writing;
      this.#record = { ...this.#record, anchor: this.anchor, ended: { wallMs, why } };
      await closeRun(this.#folder, this.#promoter.leftSomething, this.#record);
    } catch (error) {
      this.#complain('run.write_failed', 'The end of a run could not be written down.', error);
    }
  }

  #complain(event: string, message: string, error: unknown): void {
    const context = { device: this.config.device, run: this.runId, error };
    this.#tools.logger.error(event, message, context);
  }

  /** As soon as ffmpeg has told of its input. What cannot be written down now is tried again at the next look. */
  async #anchorByFacts(): Promise<void> {
    if (this.#facts === null) {
      // Its first words: by now there may be many others.
      this.#facts = parseInputFacts(this.#log.head);
      if (this.#facts === null) return;
      this.#decidedAnchor = this.#anchor();
      this.#verdict = contradiction(this.config, this.#facts);
      // It never recorded what was asked of it: nobody is to think that it did until it is gone.
      this.#contradicted = this.#verdict !== null;
      if (this.#contradicted) void this.#end();
    }
    const anchor = this.#anchor();
    try {
      await this.#amend((record) => ({ ...record, anchor }));
    } catch (error) {
      if (this.#anchorComplained) return;
      this.#anchorComplained = true;
      this.#complain('run.write_failed', 'The anchor of a run could not be written yet.', error);
      return;
    }
    if (this.#contradicted) return;
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
    const syncedNow = this.#tools.clockSynced();
    return (
      this.anchor ??
      anchorRun(
        this.#record,
        this.#facts?.startWallMs ?? null,
        // When an earlier console started it, nobody here looked at the clock.
        this.adopted ? syncedEarlier(syncedNow) : syncedNow,
      )
    );
  }

  #lookForGrowth(): void {
    const first = this.#growth.last === null;
    const frames = this.#growth.look(this.#promoter.openSequence);
    if (frames === null) return;
    const { clock, bus, logger } = this.#tools;
    const { anchor } = this;
    if (anchor !== null) {
      const total = this.#promoter.openFirstFrame + frames;
      const loss = this.#timing.observe(anchor, clock.monotonicMs(), total);
      const { device } = this.config;
      const foundS = this.#timing.takenBackS();
      if (foundS > 0) {
        const context = { device, run: this.runId, foundS };
        logger.info('sound.found', 'Sound that was thought lost came after all.', context);
        const { runId } = this;
        bus.emit('sound.found', { device, runId, runFromWallMs: anchor.wallMs, foundS });
      }
      if (loss !== null) {
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
