// With their endings: the worker thread runs these files as they are, and Node does not guess.
import {
  PEAKS_FORMAT,
  PEAKS_HEADER_BYTES,
  PEAKS_LEVEL_BYTES,
  PEAKS_MAGIC,
} from '../../shared/model/peaks.ts';

/** A sound, as far as the waveform is concerned. */
export interface MeteredSound {
  readonly frames: number;
  readonly channels: number;
  readonly sampleRateHz: number;
}

/** Enough to zoom in by hand; what is finer is read from the file. */
const BINS_PER_SECOND = 400;
const FEWEST_BINS = 2048;
const MOST_BINS = 65_536;
/** The coarsest level is for a screen's width. */
const COARSEST_BINS = 1024;
const STEP = 4;
const FULL = 32_767;

interface Level {
  readonly framesPerBin: number;
  readonly bins: number;
  /** Lowest and highest per bin and channel, -1 … 1. */
  readonly values: Float32Array;
}

function wantedBins({ frames, sampleRateHz }: MeteredSound): number {
  return Math.min(
    MOST_BINS,
    Math.max(FEWEST_BINS, Math.round((frames / sampleRateHz) * BINS_PER_SECOND)),
  );
}

/** What a waveform needs of memory while it is made, bytes: two numbers per bin and channel, and their encoding. */
export function peakBytesOf(sound: MeteredSound): number {
  const coarserLevels = 1 / (1 - 1 / STEP);
  const valueBytes = Float32Array.BYTES_PER_ELEMENT + Int16Array.BYTES_PER_ELEMENT;
  return Math.ceil(wantedBins(sound) * sound.channels * 2 * valueBytes * coarserLevels);
}

/** Measures the waveform of a sound while its samples go by; memory is bounded however long it is. */
export class PeakMeter {
  readonly #sound: MeteredSound;
  readonly #finest: Level;
  #frame = 0;

  constructor(sound: MeteredSound) {
    this.#sound = sound;
    const { frames, channels } = sound;
    const wanted = wantedBins(sound);
    const framesPerBin = Math.max(1, Math.ceil(frames / wanted));
    const bins = Math.ceil(frames / framesPerBin);
    this.#finest = { framesPerBin, bins, values: new Float32Array(bins * channels * 2) };
  }

  /** The next whole frames, channels in turn. */
  add(samples: Float32Array): void {
    const { channels } = this.#sound;
    const { framesPerBin, values } = this.#finest;
    const frames = samples.length / channels;
    for (let at = 0; at < frames;) {
      const bin = Math.floor(this.#frame / framesPerBin);
      const begins = this.#frame % framesPerBin === 0;
      const taken = Math.min(frames - at, framesPerBin - (this.#frame % framesPerBin));
      for (let channel = 0; channel < channels; channel++) {
        const place = (bin * channels + channel) * 2;
        let least = begins ? Infinity : (values[place] as number);
        let most = begins ? -Infinity : (values[place + 1] as number);
        const end = (at + taken) * channels;
        for (let sample = at * channels + channel; sample < end; sample += channels) {
          const value = samples[sample] as number;
          if (value < least) least = value;
          if (value > most) most = value;
        }
        values[place] = least;
        values[place + 1] = most;
      }
      at += taken;
      this.#frame += taken;
    }
  }

  /** Everything that was added, as `shared/model/peaks` reads it. */
  encode(): Uint8Array<ArrayBuffer> {
    const { channels, frames, sampleRateHz } = this.#sound;
    const levels = [this.#finest];
    for (let level = this.#finest; level.bins > COARSEST_BINS;) {
      level = coarser(level, channels);
      levels.push(level);
    }
    let scale = 0;
    for (const value of this.#finest.values) scale = Math.max(scale, Math.abs(value));
    const values = levels.reduce((sum, level) => sum + level.values.length, 0);
    const head = PEAKS_HEADER_BYTES + levels.length * PEAKS_LEVEL_BYTES;
    const bytes = new ArrayBuffer(head + values * 2);
    const view = new DataView(bytes);
    for (let at = 0; at < PEAKS_MAGIC.length; at++) view.setUint8(at, PEAKS_MAGIC.charCodeAt(at));
    view.setUint8(4, PEAKS_FORMAT);
    view.setUint8(5, channels);
    view.setUint16(6, levels.length, true);
    view.setUint32(8, sampleRateHz, true);
    view.setFloat32(12, scale, true);
    view.setFloat64(16, frames, true);
    let at = head;
    for (const [index, level] of levels.entries()) {
      view.setUint32(PEAKS_HEADER_BYTES + index * PEAKS_LEVEL_BYTES, level.framesPerBin, true);
      view.setUint32(PEAKS_HEADER_BYTES + index * PEAKS_LEVEL_BYTES + 4, level.bins, true);
      for (const value of level.values) {
        view.setInt16(at, scale === 0 ? 0 : Math.round((value / scale) * FULL), true);
        at += 2;
      }
    }
    return new Uint8Array(bytes);
  }
}

function coarser(fine: Level, channels: number): Level {
  const bins = Math.ceil(fine.bins / STEP);
  const values = new Float32Array(bins * channels * 2);
  for (let bin = 0; bin < bins; bin++) {
    const end = Math.min(fine.bins, (bin + 1) * STEP);
    for (let channel = 0; channel < channels; channel++) {
      let least = Infinity;
      let most = -Infinity;
      for (let from = bin * STEP; from < end; from++) {
        const place = (from * channels + channel) * 2;
        least = Math.min(least, fine.values[place] as number);
        most = Math.max(most, fine.values[place + 1] as number);
      }
      values[(bin * channels + channel) * 2] = least;
      values[(bin * channels + channel) * 2 + 1] = most;
    }
  }
  return { framesPerBin: fine.framesPerBin * STEP, bins, values };
}
