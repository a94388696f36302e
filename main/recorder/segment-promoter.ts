import { access, readdir, rename, rm, stat, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BITS_PER_SAMPLE } from '@shared/model/profile';
import type { Stream } from '@shared/model/recording';
import type { EventBus } from '../events/bus';
import type { PromotedSegment } from '../events/promoted-segment';
import { syncFile, syncFolder } from '../files/durable';
import { formatSegmentName } from '../files/segment-name';
import type { Logger } from '../logging/logger';
import { inspectWav, WavError, type WavInfo } from '../wav/inspect';
import { bufferFileName, PROCESSED_RATE_HZ } from './capture-command';
import type { CaptureConfig } from './capture-config';
import { renderProcessed } from './render-processed';
import {
  appendToLedger,
  type LedgerEntry,
  readLedger,
  type RunAnchor,
  type RunFolder,
} from './run-files';
import { SegmentList } from './segment-list';
import type { Workspace } from './workspace';

export interface PromoterOptions {
  readonly config: CaptureConfig;
  readonly runId: string;
  readonly folder: RunFolder;
  readonly workspace: Workspace;
  readonly anchor: () => RunAnchor;
  readonly ffmpeg: string;
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
  /** Closed and not yet promoted: sequence → start in the stream, seconds. */
  readonly #closed: Readonly<Record<Stream, Map<number, number>>> = {
    raw: new Map(),
    processed: new Map(),
  };
  /** Frames before the next segment: positions are counted, never taken from a clock. */
  #nextFrame = 0;
  /** Segments that were judged and remembered; their files may not all have been moved yet. */
  readonly #remembered = new Map<number, LedgerEntry>();
  #highestListed = -1;
  readonly counts: PromotionCounts = { promoted: 0, refused: 0, frames: 0, lastEndWallMs: null };

  constructor(options: PromoterOptions) {
    this.#options = options;
    const { config, folder } = options;
    this.#streams = [
      ...(config.raw ? (['raw'] as const) : []),
      ...(config.processed ? (['processed'] as const) : []),
    ];
    this.#lists = {
      raw: new SegmentList(folder.rawList),
      processed: new SegmentList(folder.processedList),
    };
  }

  /** Sequence of the segment that is being written now. */
  get openSequence(): number {
    return this.#highestListed + 1;
  }

  /** Takes up a run that an earlier console had begun to promote. */
  async resume(): Promise<void> {
    for (const entry of (await readLedger(this.#options.folder)).values()) {
      this.#remembered.set(entry.sequence, entry);
      this.#nextFrame = Math.max(this.#nextFrame, entry.firstFrame + entry.frames);
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
      const words = errors.map((error) => (error instanceof Error ? error.message : String(error)));
      throw new AggregateError(errors, `segments could not be kept: ${words.join('; ')}`);
    }
  }

  /** Learns which segments have closed, without promoting them yet. */
  async readLists(): Promise<void> {
    for (const stream of this.#streams) {
      for (const { sequence, startS } of await this.#lists[stream].readNew()) {
        this.#closed[stream].set(sequence, startS);
        this.#highestListed = Math.max(this.#highestListed, sequence);
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

  async #sequencesInBuffer(): Promise<number[]> {
    const found = new Set<number>();
    for (const stream of this.#streams) {
      for (const name of await readdir(this.#options.workspace.buffer[stream])) {
        const match = new RegExp(`^${this.#options.runId}_(\\d{8,})\\.wav$`).exec(name);
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
    if (first !== undefined && remembered !== undefined) await this.#move(remembered, present);
    else if (first !== undefined) await this.#judge(sequence, first, present);
    // Else an earlier console promoted it.
    this.#remembered.delete(sequence);
    for (const stream of this.#streams) this.#closed[stream].delete(sequence);
  }

  async #judge(sequence: number, first: Stream, present: Stream[]): Promise<void> {
    let info: WavInfo;
    try {
      info = await inspectWav(this.#bufferFile(first, sequence));
    } catch (error) {
      if (!(error instanceof WavError)) throw error;
      await this.#refuse(sequence, present, error.problem, error.message);
      return;
    }
    const objection = this.#objection(first, info);
    if (objection !== null) {
      await this.#refuse(sequence, present, objection, `${first}: ${objection}`);
      return;
    }
    if (first === 'raw' && this.#streams.includes('processed')) {
      await this.#completePair(sequence, info, present);
    }
    await this.#promote(sequence, first, info, present);
  }

  #objection(stream: Stream, info: WavInfo): string | null {
    const { config } = this.#options;
    const rate = stream === 'raw' ? config.sampleRateHz : PROCESSED_RATE_HZ;
    const bits = stream === 'raw' ? BITS_PER_SAMPLE[config.format] : 16;
    if (info.state !== 'whole') return `the file is ${info.state}`;
    if (info.frames === 0) return 'the file holds no audio';
    if (info.sampleRateHz !== rate)
      return `${String(info.sampleRateHz)} Hz instead of ${String(rate)} Hz`;
    if (info.channels !== config.channels) {
      return `${String(info.channels)} channels instead of ${String(config.channels)}`;
    }
    if (info.bitsPerSample !== bits)
      return `${String(info.bitsPerSample)} bit instead of ${String(bits)} bit`;
    return null;
  }

  /** A pair has one length. Where the end of a capture cut them apart, the raw file is the truth. */
  async #completePair(sequence: number, raw: WavInfo, present: Stream[]): Promise<void> {
    const { config, ffmpeg, logger } = this.#options;
    const processedFile = this.#bufferFile('processed', sequence);
    if (present.includes('processed')) {
      const expected = (raw.frames * PROCESSED_RATE_HZ) / raw.sampleRateHz;
      const processed = await inspectWav(processedFile).catch(() => null);
      const sound = processed !== null && this.#objection('processed', processed) === null;
      if (sound && Math.abs(processed.frames - expected) <= 1) return;
    }
    try {
      await renderProcessed(ffmpeg, config, this.#bufferFile('raw', sequence), processedFile);
      if (!present.includes('processed')) present.push('processed');
      logger.info('segment.rendered', 'The processed file was made again from the raw one.', {
        device: config.device,
        run: this.#options.runId,
        sequence,
      });
    } catch (error) {
      // The raw file is what counts; it must not wait for its companion.
      if (present.includes('processed')) present.splice(present.indexOf('processed'), 1);
      await this.#quarantine('processed', sequence, 'its length differs from the raw file');
      logger.warn(
        'segment.render_failed',
        'The processed file could not be made from the raw one.',
        {
          device: config.device,
          run: this.#options.runId,
          sequence,
          error,
        },
      );
    }
  }

  async #promote(
    sequence: number,
    first: Stream,
    info: WavInfo,
    present: readonly Stream[],
  ): Promise<void> {
    const { runId, folder } = this.#options;
    const anchor = this.#options.anchor();
    // ffmpeg's own count where it closed the segment: right even when the one before was refused.
    const listedS = this.#closed[first].get(sequence);
    const firstFrame =
      listedS === undefined ? this.#nextFrame : Math.round(listedS * info.sampleRateHz);
    const startWallMs = anchor.wallMs + (firstFrame / info.sampleRateHz) * 1000;
    const durationS = info.frames / info.sampleRateHz;
    const entry: LedgerEntry = {
      sequence,
      fileName: await this.#freeName(
        formatSegmentName({ startMs: startWallMs, durationS, runId, sequence }),
      ),
      firstFrame,
      frames: info.frames,
      sampleRateHz: info.sampleRateHz,
      startWallMs,
      clockSynced: anchor.synced,
    };
    await appendToLedger(folder, entry);
    this.#remembered.set(sequence, entry);
    await this.#move(entry, present);
  }

  /** From buffer to data, durably: at every moment each file is whole in one of the two. */
  async #move(entry: LedgerEntry, present: readonly Stream[]): Promise<void> {
    const { config, runId, workspace, bus, logger } = this.#options;
    const { sequence, fileName } = entry;
    await Promise.all(present.map((stream) => syncFile(this.#bufferFile(stream, sequence))));
    for (const stream of present) {
      await rename(this.#bufferFile(stream, sequence), join(workspace.data[stream], fileName));
      await syncFolder(workspace.data[stream]);
    }
    this.#nextFrame = Math.max(this.#nextFrame, entry.firstFrame + entry.frames);
    this.counts.promoted += 1;
    this.counts.frames += entry.frames;
    this.counts.lastEndWallMs = entry.startWallMs + (entry.frames / entry.sampleRateHz) * 1000;
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
      streams: {
        raw: await exists(join(workspace.data.raw, fileName)),
        processed: await exists(join(workspace.data.processed, fileName)),
      },
    };
    logger.debug('segment.promoted', 'A segment was closed and kept.', { ...segment });
    bus.emit('segment.promoted', segment);
  }

  /** Nothing is ever overwritten: a name that exists gets a suffix. */
  async #freeName(wanted: string): Promise<string> {
    const { data } = this.#options.workspace;
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? wanted : wanted.replace(/\.wav$/, `.${String(n)}.wav`);
      const taken = await Promise.all(
        Object.values(data).map((folder) => exists(join(folder, name))),
      );
      if (!taken.includes(true)) return name;
    }
  }

  async #refuse(
    sequence: number,
    present: readonly Stream[],
    problem: string,
    detail: string,
  ): Promise<void> {
    const { config, runId, logger } = this.#options;
    const context = { device: config.device, run: runId, sequence, problem, detail };
    this.counts.refused += 1;
    for (const stream of present) await this.#quarantine(stream, sequence, detail);
    logger.error('segment.refused', 'A segment was not as expected and was set aside.', context);
  }

  /** Not a byte of sound is lost with it; its companion is judged by itself. */
  async #drop(stream: Stream, sequence: number): Promise<void> {
    const { config, runId, logger } = this.#options;
    await rm(this.#bufferFile(stream, sequence), { force: true });
    const context = { device: config.device, run: runId, sequence, stream };
    logger.warn('segment.dropped', 'A file without a single byte was dropped.', context);
  }

  async #quarantine(stream: Stream, sequence: number, reason: string): Promise<void> {
    const { workspace, runId } = this.#options;
    const source = this.#bufferFile(stream, sequence);
    if (!(await exists(source))) return;
    await mkdir(workspace.quarantine, { recursive: true });
    const name = `${runId}_${String(sequence).padStart(8, '0')}_${stream}`;
    let target = join(workspace.quarantine, `${name}.wav`);
    for (let n = 2; await exists(target); n += 1) {
      target = join(workspace.quarantine, `${name}.${String(n)}.wav`);
    }
    await rename(source, target);
    await writeFile(`${target}.reason.txt`, `${reason}\n`);
    await syncFolder(workspace.quarantine);
  }

  #bufferFile(stream: Stream, sequence: number): string {
    const { workspace, runId } = this.#options;
    return join(workspace.buffer[stream], bufferFileName(runId, sequence));
  }
}

/** Bytes, or null when it is not there. */
async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
