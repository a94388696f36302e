import { opendir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '@shared/model/recording';
import type { EventBus } from '../events/bus';
import type { PromotedSegment } from '../events/promoted-segment';
import { orNothing } from '../files/absent';
import { syncFile, syncFolder } from '../files/durable';
import { freeName } from '../files/free-name';
import { formatSegmentName } from '../files/segment-name';
import type { Logger } from '../logging/logger';
import { writeGuano } from '../wav/guano';
import { inspectWav, WavError, type WavInfo } from '../wav/inspect';
import { repairWav } from '../wav/repair';
import { zerosAtSoundEnd, zerosNote } from '../wav/zero-end';
import { bufferFileName } from './capture-command';
import { type CaptureConfig, firstStreamRate } from './capture-config';
import { quarantine } from './quarantine';
import type { RunAnchor } from './run-anchor';
import {
  appendToLedger,
  type LedgerEntry,
  readLedgerEnd,
  readTiming,
  type RunFolder,
  type RunRecord,
} from './run-files';
import { RunTiming } from './run-timing';
import { expectedSound, objectionTo } from './segment-expectation';
import { type ListedSegment, SegmentList } from './segment-list';
import type { DescribeSegment } from './segment-metadata';
import { completePair } from './segment-pair';
import type { Workspace } from './workspace';
import { messageOf } from '../error-message';

export interface PromoterOptions {
  readonly config: CaptureConfig;
  readonly runId: string;
  readonly device: RunRecord['device'];
  readonly folder: RunFolder;
  readonly workspace: Workspace;
  readonly anchor: () => RunAnchor;
  /** Is the clock still synchronised? Absent: as when the run began. */
  readonly clockSynced?: () => boolean | null;
  readonly ffmpeg: string;
  readonly describe: DescribeSegment;
  /** Whatever its files are like, what is known of this run was pieced together. */
  readonly recovered?: boolean;
  /** It was found when its capture was dead, maybe after a power cut: what looks whole may not be. */
  readonly leftover?: boolean;
  readonly bus: EventBus;
  readonly logger: Logger;
}

/** What a promoter has done so far. */
export interface PromotionCounts {
  promoted: number;
  refused: number;
  /** Frames of all promoted segments, at the rate of the run's first stream. */
  frames: number;
  /** End of the newest promoted segment, UTC milliseconds. */
  lastEndWallMs: number | null;
}

/**
 * Turns the closed segments of one run into recordings: inspect, remember in the ledger, fsync, rename,
 * fsync the folder. A segment is closed when ffmpeg lists it in every stream, or when the run is over.
 */
export class SegmentPromoter {
  readonly #options: PromoterOptions;
  readonly #streams: readonly Stream[];
  readonly #lists: Readonly<Record<Stream, SegmentList>>;
  /** Closed and not yet promoted. */
  readonly #closed: Readonly<Record<Stream, Map<number, ListedSegment>>> = {
    raw: new Map(),
    processed: new Map(),
  };
  /** The newest segment in the run's frames: positions are counted, never taken from a clock. */
  #last: {
    readonly sequence: number;
    readonly startFrame: number;
    readonly endFrame: number;
  } | null = null;
  /** Segments that were judged and remembered; their files may not all have been moved yet. */
  readonly #remembered = new Map<number, LedgerEntry>();
  #highestListed = -1;
  /** Where the segment that is being written begins in the first stream, seconds. */
  #openStartS = 0;
  #leftSomething = false;
  readonly #rateHz: number;
  readonly timing: RunTiming;
  readonly counts: PromotionCounts = { promoted: 0, refused: 0, frames: 0, lastEndWallMs: null };

  constructor(options: PromoterOptions) {
    this.#options = options;
    const { config, folder } = options;
    this.#streams = [
      ...(config.raw ? (['raw'] as const) : []),
      ...(config.processed ? (['processed'] as const) : []),
    ];
    this.#rateHz = firstStreamRate(config);
    this.timing = new RunTiming(this.#rateHz);
    this.#lists = {
      raw: new SegmentList(folder.rawList),
      processed: new SegmentList(folder.processedList),
    };
  }

  /** Sequence of the segment that is being written now. */
  get openSequence(): number {
    return this.#highestListed + 1;
  }

  /** Frames of the run before the segment that is being written now. */
  get openFirstFrame(): number {
    return Math.round(this.#openStartS * this.#rateHz);
  }

  /** Where the first segment begins that is not promoted yet and holds nothing from before this frame. */
  segmentStartFrom(frame: number): number {
    const segment = this.#options.config.segmentDurationS * this.#rateHz;
    return Math.ceil(Math.max(frame, this.#last?.endFrame ?? 0) / segment) * segment;
  }

  /** Is there anything, kept or refused, that the run's files are needed to explain? */
  get leftSomething(): boolean {
    return this.#leftSomething;
  }

  /** Takes up a run that an earlier console had begun to promote. */
  async resume(): Promise<void> {
    const timing = await readTiming(this.#options.folder);
    if (timing !== null) this.timing.restore(timing);
    const entries = [...(await readLedgerEnd(this.#options.folder)).values()];
    for (const entry of entries) this.#remembered.set(entry.sequence, entry);
    const newest = entries.reduce<LedgerEntry | null>(
      (a, b) => (a === null || b.sequence > a.sequence ? b : a),
      null,
    );
    if (newest === null) return;
    this.#leftSomething = true;
    this.#noteLast(newest);
    this.counts.frames = this.#inRunFrames(newest.firstFrame + newest.frames, newest.sampleRateHz);
    this.counts.lastEndWallMs = endOf(newest);
    // Of a run that has gone on for weeks the lists name many segments, and the buffer holds few.
    const waiting = await this.#sequencesInBuffer();
    const [oldest = Infinity] = waiting;
    for (const stream of this.#streams) await this.#lists[stream].skipTo(oldest);
    await this.readLists();
    const here = new Set(waiting);
    // Whatever is newer came while these were being looked at.
    const newestKnown = Math.max(newest.sequence, waiting.at(-1) ?? 0);
    const isOver = (sequence: number): boolean => sequence <= newestKnown && !here.has(sequence);
    for (const known of [this.#remembered, this.#closed.raw, this.#closed.processed]) {
      for (const sequence of known.keys()) if (isOver(sequence)) known.delete(sequence);
    }
  }

  /**
   * Promotes what has closed since the last call. Not to be called twice at once. A segment that cannot be
   * taken now does not hold up those behind it; it is tried again at the next call.
   * @throws AggregateError after everything else was promoted
   */
  async promoteClosed(): Promise<void> {
    await this.readLists();
    const [leading] = this.#streams;
    const closed =
      leading === undefined ? [] : [...this.#closed[leading].keys()].sort((a, b) => a - b);
    await this.#takeAll(
      closed.filter((sequence) =>
        this.#streams.every((stream) => this.#closed[stream].has(sequence)),
      ),
    );
  }

  async #takeAll(sequences: readonly number[]): Promise<void> {
    const errors: unknown[] = [];
    for (const sequence of sequences) {
      try {
        await this.#take(sequence);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      const words = errors.map((error) => messageOf(error));
      throw new AggregateError(errors, `segments could not be kept: ${words.join('; ')}`);
    }
  }

  /** Learns which segments have closed, without promoting them yet. */
  async readLists(): Promise<void> {
    const [leading] = this.#streams;
    for (const stream of this.#streams) {
      for (const listed of await this.#lists[stream].readNew()) {
        const { sequence } = listed;
        this.#closed[stream].set(sequence, listed);
        if (stream !== leading) continue;
        this.#highestListed = Math.max(this.#highestListed, sequence);
        this.#openStartS = Math.max(this.#openStartS, listed.endS);
      }
    }
  }

  /**
   * After the process is gone: promotes the rest, whichever streams it has. May be called again.
   * @throws AggregateError when something had to stay in the buffer
   */
  async finish(): Promise<void> {
    await this.readLists();
    await this.#removeHalfRendered();
    await this.#takeAll(await this.#sequencesInBuffer());
  }

  async #removeHalfRendered(): Promise<void> {
    const folder = this.#options.workspace.buffer.processed;
    for (const name of await readdir(folder)) {
      if (name.startsWith(this.#options.runId) && name.endsWith('.rendering')) {
        await rm(join(folder, name), { force: true });
      }
    }
  }

  /** In order. */
  async #sequencesInBuffer(): Promise<number[]> {
    const found = new Set<number>();
    const ours = new RegExp(`^${this.#options.runId}_(\\d{8,})\\.wav$`);
    for (const stream of this.#streams) {
      // Entry by entry: after months without a console there are many, and others are not to wait.
      const folder = await opendir(this.#options.workspace.buffer[stream], { bufferSize: 1024 });
      for await (const { name } of folder) {
        const match = ours.exec(name);
        if (match !== null) found.add(Number(match[1]));
      }
    }
    return [...found].sort((a, b) => a - b);
  }

  /** An error leaves the segment where it is, to be taken again. */
  async #take(sequence: number): Promise<void> {
    const present: Stream[] = [];
    for (const stream of this.#streams) {
      const bytes = await sizeOf(this.#bufferFile(stream, sequence));
      if (bytes === 0) await this.#drop(stream, sequence);
      else if (bytes !== null) present.push(stream);
    }
    const [first] = present;
    const remembered = this.#remembered.get(sequence);
    if (remembered !== undefined) await this.#takeRemembered(remembered, present);
    else if (first !== undefined) await this.#judge(sequence, first, present);
    // Else an earlier console promoted it.
    this.#remembered.delete(sequence);
    for (const stream of this.#streams) this.#closed[stream].delete(sequence);
  }

  /** A disk may have lost a part of a file since: nothing is moved that is not as it was remembered. */
  async #takeRemembered(entry: LedgerEntry, present: Stream[]): Promise<void> {
    const { sequence, fileName } = entry;
    const [first] = present;
    const rawFile = present.includes('raw')
      ? this.#bufferFile('raw', sequence)
      : join(this.#options.workspace.data.raw, fileName);
    const raw = this.#streams.includes('raw') ? await inspectWav(rawFile).catch(() => null) : null;
    const leading = first === 'processed' && raw === null ? 'processed' : 'raw';
    const info =
      leading === 'raw'
        ? raw
        : await inspectWav(this.#bufferFile('processed', sequence)).catch(() => null);
    const isAsItWas = info?.state === 'whole' && info.frames === entry.frames;
    if (first !== undefined && first === leading && !isAsItWas) {
      await this.#judge(sequence, first, present);
      return;
    }
    if (raw !== null && this.#streams.includes('processed')) {
      await this.#completePair(sequence, raw, present, rawFile);
    }
    if (present.length > 0) await this.#move(entry, present);
  }

  async #judge(sequence: number, first: Stream, present: Stream[]): Promise<void> {
    const { config, logger } = this.#options;
    const file = this.#bufferFile(first, sequence);
    let recovered = false;
    let info: WavInfo | null = null;
    try {
      info = await inspectWav(file);
    } catch (error) {
      // A header that was cut off can be made again: what the run records is known.
      if (!(error instanceof WavError)) throw error;
    }
    if (info?.state !== 'whole') {
      try {
        const repair = await repairWav(file, expectedSound(config, first));
        if (repair.frames === 0) {
          await this.#dropFirst(sequence, first, present);
          return;
        }
        recovered = true;
        this.#logRepair(sequence, first, repair.note);
        info = await inspectWav(file);
      } catch (error) {
        if (!(error instanceof WavError)) throw error;
        await this.#refuse(sequence, present, error.problem, error.message);
        return;
      }
    } else if (this.#options.leftover === true) {
      const zeros = await zerosAtSoundEnd(file, info);
      recovered = zeros > 0;
      if (recovered) {
        const message = 'A segment that seemed whole ends in zeros.';
        const context = {
          device: config.device,
          run: this.#options.runId,
          sequence,
          stream: first,
        };
        logger.warn('segment.zeros', message, { ...context, note: zerosNote(zeros) });
      }
    }
    if (info.frames === 0) {
      await this.#dropFirst(sequence, first, present);
      return;
    }
    const objection = objectionTo(info, expectedSound(config, first));
    if (objection !== null) {
      await this.#refuse(sequence, present, objection, `${first}: ${objection}`);
      return;
    }
    if (first === 'raw' && this.#streams.includes('processed')) {
      await this.#completePair(sequence, info, present);
    }
    await this.#promote(sequence, first, info, present, recovered);
  }

  /** A stream without a sample: the other one may have some. */
  async #dropFirst(sequence: number, first: Stream, present: readonly Stream[]): Promise<void> {
    await this.#drop(first, sequence);
    const others = present.filter((stream) => stream !== first);
    const [next] = others;
    if (next !== undefined) await this.#judge(sequence, next, others);
  }

  #logRepair(sequence: number, stream: Stream, note: string): void {
    const { config, runId, logger } = this.#options;
    const context = { device: config.device, run: runId, sequence, stream, note };
    logger.warn('segment.recovered', 'A segment that was left unfinished was made whole.', context);
  }

  /** The raw file is what counts; it must not wait for its companion. */
  async #completePair(
    sequence: number,
    raw: WavInfo,
    present: Stream[],
    rawFile = this.#bufferFile('raw', sequence),
  ): Promise<void> {
    const { config, ffmpeg, logger, runId } = this.#options;
    const context = { device: config.device, run: runId, sequence };
    const here = present.includes('processed');
    const processedFile = this.#bufferFile('processed', sequence);
    try {
      if (!(await completePair(ffmpeg, config, raw, rawFile, processedFile, here))) return;
      if (!here) present.push('processed');
      logger.info(
        'segment.rendered',
        'The processed file was made again from the raw one.',
        context,
      );
    } catch (error) {
      if (here) present.splice(present.indexOf('processed'), 1);
      await this.#quarantine('processed', sequence, 'its length differs from the raw file');
      const words = 'The processed file could not be made from the raw one.';
      logger.warn('segment.render_failed', words, { ...context, error });
    }
  }

  async #promote(
    sequence: number,
    first: Stream,
    info: WavInfo,
    present: readonly Stream[],
    recovered: boolean,
  ): Promise<void> {
    const { runId, folder, workspace } = this.#options;
    const anchor = this.#options.anchor();
    const startFrame = this.#startFrameOf(sequence, first);
    const startWallMs = this.timing.wallMsOf(anchor, startFrame);
    const durationS = info.frames / info.sampleRateHz;
    const entry: LedgerEntry = {
      sequence,
      fileName: await freeName(
        Object.values(workspace.data),
        formatSegmentName({ startMs: startWallMs, durationS, runId, sequence }),
      ),
      firstFrame: Math.round((startFrame * info.sampleRateHz) / this.#rateHz),
      frames: info.frames,
      sampleRateHz: info.sampleRateHz,
      startWallMs,
      clockSynced: this.#clockSynced(anchor),
      recovered: recovered || this.#options.recovered === true,
    };
    if (first === 'raw') await this.#writeMetadata(entry);
    // Whoever is remembered is on the disk: the next console moves it as it is.
    await Promise.all(present.map((stream) => syncFile(this.#bufferFile(stream, sequence))));
    await appendToLedger(folder, entry);
    this.#remembered.set(sequence, entry);
    await this.#move(entry, present);
  }

  /** Where a segment begins, in the run's frames. */
  #startFrameOf(sequence: number, stream: Stream): number {
    const { config, recovered } = this.#options;
    // ffmpeg's own count where it closed the segment: right even when the one before was refused.
    const listedS = this.#closed[stream].get(sequence)?.startS;
    if (listedS !== undefined) return Math.round(listedS * this.#rateHz);
    const last = this.#last;
    // Where the run itself is not known, neither is how long its segments should be.
    if (recovered === true) return last === null ? 0 : last.endFrame;
    // Every segment but the last is cut to the very frame, so that those that are missing count as whole.
    const frames = config.segmentDurationS * this.#rateHz;
    return last === null
      ? sequence * frames
      : last.startFrame + (sequence - last.sequence) * frames;
  }

  #noteLast(entry: LedgerEntry): void {
    const { sequence, firstFrame, frames, sampleRateHz } = entry;
    if (this.#last !== null && this.#last.sequence >= sequence) return;
    const startFrame = this.#inRunFrames(firstFrame, sampleRateHz);
    const endFrame = this.#inRunFrames(firstFrame + frames, sampleRateHz);
    this.#last = { sequence, startFrame, endFrame };
  }

  /** At the rate of the run's first stream: a file of the other one may be all there is of a segment. */
  #inRunFrames(frames: number, rateHz: number): number {
    return Math.round((frames * this.#rateHz) / rateHz);
  }

  /** The sound does not wait for its label: where that cannot be written, the file is kept without. */
  async #writeMetadata(entry: LedgerEntry): Promise<void> {
    const { config, runId, device, describe, logger } = this.#options;
    const { sequence } = entry;
    const file = this.#bufferFile('raw', sequence);
    try {
      await writeGuano(
        file,
        describe(device, { ...entry, runId, recovered: entry.recovered === true }),
      );
    } catch (error) {
      const context = { device: config.device, run: runId, sequence, error };
      logger.warn('metadata.failed', 'A recording was kept without its metadata.', context);
      await repairWav(file, expectedSound(config, 'raw'));
    }
  }

  /** From buffer to data, durably: at every moment each file is whole in one of the two. */
  async #move(entry: LedgerEntry, present: readonly Stream[]): Promise<void> {
    const { config, runId, workspace, bus, logger } = this.#options;
    const { sequence, fileName } = entry;
    for (const stream of present) {
      await rename(this.#bufferFile(stream, sequence), join(workspace.data[stream], fileName));
      await syncFolder(workspace.data[stream]);
    }
    this.#noteLast(entry);
    this.counts.promoted += 1;
    this.counts.frames += this.#inRunFrames(entry.frames, entry.sampleRateHz);
    this.counts.lastEndWallMs = Math.max(endOf(entry), this.counts.lastEndWallMs ?? -Infinity);
    this.#leftSomething = true;
    const segment: PromotedSegment = {
      device: config.device,
      workspace: config.workspace,
      runId,
      sequence,
      fileName,
      startWallMs: entry.startWallMs,
      firstFrame: entry.firstFrame,
      frames: entry.frames,
      sampleRateHz: entry.sampleRateHz,
      clockSynced: entry.clockSynced,
      recovered: entry.recovered === true,
      streams: {
        raw: await exists(join(workspace.data.raw, fileName)),
        processed: await exists(join(workspace.data.processed, fileName)),
      },
    };
    logger.debug('segment.promoted', 'A segment was closed and kept.', { ...segment });
    bus.emit('segment.promoted', segment);
  }

  /** A run of months may outlive what its clock was set by: nobody knows how right it still is then. */
  #clockSynced({ synced }: RunAnchor): boolean | null {
    const { clockSynced } = this.#options;
    const isLost = synced === true && clockSynced !== undefined && clockSynced() !== true;
    return isLost ? null : synced;
  }

  async #refuse(
    sequence: number,
    present: readonly Stream[],
    problem: string,
    detail: string,
  ): Promise<void> {
    const { config, runId, logger, bus } = this.#options;
    const context = { device: config.device, run: runId, sequence, problem, detail };
    this.counts.refused += 1;
    this.#leftSomething = true;
    const listed = this.#closed[present[0] ?? 'raw'].get(sequence);
    bus.emit('sound.lost', {
      device: config.device,
      runId,
      fromWallMs: this.timing.wallMsOf(
        this.#options.anchor(),
        this.#startFrameOf(sequence, present[0] ?? 'raw'),
      ),
      lostS: listed === undefined ? 0 : listed.endS - listed.startS,
      reason: 'segment_refused',
      detail,
    });
    for (const stream of present) await this.#quarantine(stream, sequence, detail);
    logger.error('segment.refused', 'A segment was not as expected and was set aside.', context);
  }

  /** Not a sample of sound is lost with it. */
  async #drop(stream: Stream, sequence: number): Promise<void> {
    const { config, runId, logger } = this.#options;
    await rm(this.#bufferFile(stream, sequence), { force: true });
    const context = { device: config.device, run: runId, sequence, stream };
    logger.warn('segment.dropped', 'A file without a single sample was dropped.', context);
  }

  async #quarantine(stream: Stream, sequence: number, reason: string): Promise<void> {
    const { workspace, runId } = this.#options;
    const source = this.#bufferFile(stream, sequence);
    if (!(await exists(source))) return;
    const name = `${runId}_${String(sequence).padStart(8, '0')}_${stream}.wav`;
    await quarantine(workspace, source, name, reason);
  }

  #bufferFile(stream: Stream, sequence: number): string {
    const { workspace, runId } = this.#options;
    return join(workspace.buffer[stream], bufferFileName(runId, sequence));
  }
}

/** UTC milliseconds. */
function endOf(entry: LedgerEntry): number {
  return entry.startWallMs + (entry.frames / entry.sampleRateHz) * 1000;
}

/** Bytes, or null when it is not there. */
async function sizeOf(path: string): Promise<number | null> {
  return (await orNothing(stat(path)))?.size ?? null;
}

async function exists(path: string): Promise<boolean> {
  return (await orNothing(stat(path))) !== null;
}
