import { randomBytes } from 'node:crypto';
import { type FSWatcher, statSync, watch } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureErrorCode } from '@shared/model/recorder';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { isAlive, type ProcessIdentity } from '../process/identity';
import { type DetachedProcess, spawnDetached } from '../process/spawn-detached';
import { terminate } from '../process/terminate';
import { bufferFileName, captureArguments } from './capture-command';
import { type CaptureConfig, configHash } from './capture-config';
import {
  type CaptureFailure,
  countOverruns,
  diagnose,
  type InputFacts,
  parseInputFacts,
} from './capture-log';
import { LogTail } from './log-tail';
import {
  type RunAnchor,
  type RunFolder,
  runFolderAt,
  type RunRecord,
  writeRunRecord,
} from './run-files';
import { type PromotionCounts, SegmentPromoter } from './segment-promoter';
import { makeWorkspace, type Workspace, workspaceAt } from './workspace';

export interface CaptureTools {
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** Program name or path. */
  readonly ffmpeg: string;
  /** `<data>/recorder` */
  readonly recorderDir: string;
  readonly clockSynced: () => boolean | null;
}

/** How a run ended. */
export interface RunEnd {
  readonly asked: boolean;
  /** null when it was asked to end. */
  readonly failure: CaptureFailure | null;
  /** false: segments had to stay in the buffer and wait to be taken up. */
  readonly complete: boolean;
}

const STARTING_POLL_MS = 100;
const RUNNING_POLL_MS = 1_000;
/** Bytes that ffmpeg writes before the first sample, at most. */
const LONGEST_HEADER = 200;

/** One life of one capture process, from spawn to the last promoted segment. */
export class CaptureRun {
  readonly runId: string;
  readonly config: CaptureConfig;
  readonly configHash: string;
  /** Resolves when the process is gone and everything it left is promoted. Never rejects. */
  readonly ended: Promise<RunEnd>;
  readonly startedMonotonicMs: number;

  readonly #tools: CaptureTools;
  readonly #workspace: Workspace;
  readonly #folder: RunFolder;
  readonly #promoter: SegmentPromoter;
  readonly #log: LogTail;
  readonly #progress: LogTail;
  readonly #nudge: Nudge;
  readonly #identity: ProcessIdentity;
  #record: RunRecord;
  #facts: InputFacts | null = null;
  #gone = false;
  #asked = false;
  #stopping: Promise<void> | null = null;
  #promoting: Promise<void> | null = null;
  #growthMark = '';
  #lastAudioMonotonicMs: number | null = null;
  #lastAudioWallMs: number | null = null;
  #overruns = 0;
  #rejection: CaptureFailure | null = null;

  private constructor(
    tools: CaptureTools,
    record: RunRecord,
    process: { identity: ProcessIdentity; exited: Promise<unknown> },
  ) {
    this.#tools = tools;
    this.#record = record;
    this.runId = record.runId;
    this.config = record.config;
    this.configHash = record.configHash;
    this.startedMonotonicMs = record.startedMonotonicMs;
    this.#identity = process.identity;
    this.#workspace = workspaceAt(tools.recorderDir, record.config.workspace);
    this.#folder = runFolderAt(this.#workspace.path, record.runId);
    this.#log = new LogTail(this.#folder.logFile);
    this.#progress = new LogTail(this.#folder.progressFile);
    this.#nudge = new Nudge(tools.clock);
    this.#promoter = new SegmentPromoter({
      config: record.config,
      runId: record.runId,
      folder: this.#folder,
      workspace: this.#workspace,
      anchor: () => this.#anchor(),
      ffmpeg: tools.ffmpeg,
      bus: tools.bus,
      logger: tools.logger,
    });
    void process.exited.then(() => {
      this.#gone = true;
      this.#nudge.nudge();
    });
    this.ended = this.#follow();
  }

  /**
   * Starts a capture. The plan is on disk before the process is there, so that no capture is ever unknown.
   * @throws SpawnError when ffmpeg cannot be started; Node's errors when the workspace cannot be written
   */
  static async begin(
    tools: CaptureTools,
    device: RunRecord['device'],
    config: CaptureConfig,
  ): Promise<CaptureRun> {
    const { clock } = tools;
    const runId = randomBytes(4).toString('hex');
    const workspace = workspaceAt(tools.recorderDir, config.workspace);
    const folder = runFolderAt(workspace.path, runId);
    await makeWorkspace(workspace);
    const planned: RunRecord = {
      version: 1,
      runId,
      device,
      config,
      configHash: configHash(config),
      process: null,
      startedWallMs: clock.wallMs(),
      startedMonotonicMs: clock.monotonicMs(),
      anchor: null,
      ended: null,
    };
    await writeRunRecord(folder, planned);
    const args = captureArguments(
      config,
      {
        bufferRawDir: workspace.buffer.raw,
        bufferProcessedDir: workspace.buffer.processed,
        rawList: folder.rawList,
        processedList: folder.processedList,
      },
      runId,
    );
    let process: DetachedProcess | null = null;
    try {
      const startedWallMs = clock.wallMs();
      const startedMonotonicMs = clock.monotonicMs();
      process = await spawnDetached(tools.ffmpeg, args, {
        stdoutFile: folder.progressFile,
        stderrFile: folder.logFile,
      });
      const record = { ...planned, process: process.identity, startedWallMs, startedMonotonicMs };
      await writeRunRecord(folder, record);
      tools.logger.info('capture.started', 'A capture process was started.', {
        device: config.device,
        run: runId,
        pid: process.identity.pid,
        command: [tools.ffmpeg, ...args].join(' '),
      });
      return new CaptureRun(tools, record, process);
    } catch (error) {
      // A capture that could not be written down must not go on unknown.
      if (process !== null) await terminate(process.identity, clock);
      else await rm(folder.path, { recursive: true, force: true });
      throw error;
    }
  }

  get anchor(): RunAnchor | null {
    return this.#record.anchor;
  }

  get stopping(): boolean {
    return this.#asked;
  }

  get counts(): Readonly<PromotionCounts> {
    return this.#promoter.counts;
  }

  /** When audio was last seen to grow on disk, on both clocks; null before the first. */
  get lastAudio(): { monotonicMs: number; wallMs: number } | null {
    return this.#lastAudioMonotonicMs === null || this.#lastAudioWallMs === null
      ? null
      : { monotonicMs: this.#lastAudioMonotonicMs, wallMs: this.#lastAudioWallMs };
  }

  /** Asks the process to finish its files and end; resolves when all is promoted. Safe to call twice. */
  async stop(): Promise<void> {
    this.#asked = true;
    await this.#end();
    await this.ended;
  }

  async #end(): Promise<void> {
    this.#stopping ??= this.#terminate();
    await this.#stopping;
  }

  async #terminate(): Promise<void> {
    const { clock, logger } = this.#tools;
    const by = await terminate(this.#identity, clock);
    if (by === 'SIGKILL' || by === 'nothing') {
      logger.warn('capture.killed', 'A capture process did not end when asked to.', {
        device: this.config.device,
        run: this.runId,
        by,
      });
    }
    // Stuck in the kernel: as long as it may write, its files are its own and its device is taken.
    while (by === 'nothing' && (await isAlive(this.#identity))) await clock.sleep(RUNNING_POLL_MS);
    this.#gone = true;
    this.#nudge.nudge();
  }

  async #follow(): Promise<RunEnd> {
    const watcher = this.#watchLists();
    while (!this.#gone) {
      await this.#nudge.wait(this.#lastAudioWallMs === null ? STARTING_POLL_MS : RUNNING_POLL_MS);
      await this.#turn();
    }
    watcher?.close();
    return this.#finish();
  }

  /** One look at everything the process has written. */
  async #turn(): Promise<void> {
    try {
      this.#overruns += countOverruns(await this.#log.read());
      await this.#progress.read();
      await this.#promoter.readLists();
      this.#lookForGrowth();
      if (this.#record.anchor === null) await this.#readInputFacts();
    } catch (error) {
      this.#complain(
        'capture.follow_failed',
        'A look at a running capture failed; it goes on.',
        error,
      );
    }
    // Beside the looks, not between them: a slow disk must not make growing audio seem to stand still.
    this.#promoting ??= this.#promote();
  }

  async #promote(): Promise<void> {
    try {
      await this.#promoter.promoteClosed();
    } catch (error) {
      this.#complain('segment.promotion_failed', 'Closed segments wait to be kept.', error);
    } finally {
      this.#promoting = null;
    }
  }

  async #finish(): Promise<RunEnd> {
    const { clock, logger } = this.#tools;
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
    const failure = this.#asked ? null : (this.#rejection ?? diagnose(this.#log.text));
    const why = failure === null ? 'stopped' : `${failure.code}: ${failure.detail}`;
    logger.info('capture.ended', 'A capture process ended.', {
      device: this.config.device,
      run: this.runId,
      why,
      segments: this.counts.promoted,
      overruns: this.#overruns,
      ...(failure === null ? {} : { lastWords: this.#log.text.slice(-2000) }),
    });
    // Only what is complete is called ended: the rest is taken up again.
    if (complete) await this.#close(why, clock.wallMs());
    return { asked: this.#asked, failure, complete };
  }

  /** Writes down the end; a run that left nothing behind leaves no folder either. */
  async #close(why: string, wallMs: number): Promise<void> {
    try {
      this.#record = { ...this.#record, ended: { wallMs, why } };
      if (this.counts.promoted + this.counts.refused > 0) {
        await writeRunRecord(this.#folder, this.#record);
      } else {
        await rm(this.#folder.path, { recursive: true, force: true });
      }
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
    this.#record = { ...this.#record, anchor: this.#anchor() };
    await writeRunRecord(this.#folder, this.#record);
    this.#rejection = this.#contradiction(facts);
    if (this.#rejection !== null) await this.#end();
  }

  /** ffmpeg takes another rate than asked for and only mentions it: that would be recorded as a lie. */
  #contradiction(facts: InputFacts): CaptureFailure | null {
    // Looped files are resampled to the profile's rate; only a real input must deliver what was asked.
    if (this.config.input.type !== 'alsa') return null;
    const differs = (code: CaptureErrorCode, what: string, real: number, asked: number) =>
      real === asked
        ? null
        : { code, detail: `the device delivers ${String(real)} ${what}, not ${String(asked)}` };
    return (
      differs('RATE_NOT_OFFERED', 'Hz', facts.sampleRateHz, this.config.sampleRateHz) ??
      differs('CHANNELS_NOT_OFFERED', 'channels', facts.channels, this.config.channels)
    );
  }

  #anchor(): RunAnchor {
    if (this.#record.anchor !== null) return this.#record.anchor;
    const { clock, clockSynced } = this.#tools;
    const started = this.#record;
    const wallMs = this.#facts?.startWallMs;
    if (wallMs === null || wallMs === undefined) {
      return {
        wallMs: started.startedWallMs,
        monotonicMs: started.startedMonotonicMs,
        source: 'process_start',
        synced: clockSynced(),
      };
    }
    return {
      wallMs,
      monotonicMs: clock.monotonicMs() - (clock.wallMs() - wallMs),
      source: 'input',
      synced: clockSynced(),
    };
  }

  #lookForGrowth(): void {
    const stream = this.config.raw ? 'raw' : 'processed';
    const sequence = this.#promoter.openSequence;
    const file = join(this.#workspace.buffer[stream], bufferFileName(this.runId, sequence));
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const mark = `${String(sequence)}:${String(size)}`;
    if (mark === this.#growthMark || size <= LONGEST_HEADER) return;
    this.#growthMark = mark;
    const first = this.#lastAudioWallMs === null;
    this.#lastAudioMonotonicMs = this.#tools.clock.monotonicMs();
    this.#lastAudioWallMs = this.#tools.clock.wallMs();
    if (first) this.#tools.bus.emit('recorder.changed', { device: this.config.device });
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
