import type { SignalHealth } from '@shared/model/recorder';

/** How samples lie in a data chunk: little-endian signed PCM, channels in turn. */
export interface SampleLayout {
  readonly channels: number;
  /** Of one sample of one channel, as it is stored. */
  readonly containerBytes: 2 | 3 | 4;
}

const SILENCE_DBFS = -200;
const SCRATCH_BYTES = 256 * 1024;

interface Channel {
  least: number;
  most: number;
  sum: number;
  squares: number;
  clipped: number;
}

/**
 * Measures what a recording sounds like while its bytes go by for another reason. Valid bits fewer than the
 * container's lie at its top (WAVE_EXTENSIBLE), so full scale is the container's.
 */
export class SignalMeter {
  readonly #layout: SampleLayout;
  readonly #channels: Channel[];
  /** The samples at hand, aligned, after what was left of the frame before. */
  readonly #scratch: Buffer;
  readonly #bytes: Uint8Array;
  readonly #shorts: Int16Array;
  readonly #words: Int32Array;
  #kept = 0;
  #frames = 0;

  constructor(layout: SampleLayout) {
    this.#layout = layout;
    this.#channels = Array.from({ length: layout.channels }, () => ({
      least: Infinity,
      most: -Infinity,
      sum: 0,
      squares: 0,
      clipped: 0,
    }));
    const frameBytes = layout.channels * layout.containerBytes;
    const memory = new ArrayBuffer(SCRATCH_BYTES + frameBytes + (4 - (frameBytes % 4)));
    this.#scratch = Buffer.from(memory);
    this.#bytes = new Uint8Array(memory);
    this.#shorts = new Int16Array(memory);
    this.#words = new Int32Array(memory);
  }

  /** The next bytes of the data chunk, cut anywhere. */
  add(bytes: Buffer): void {
    const frameBytes = this.#layout.channels * this.#layout.containerBytes;
    for (let at = 0; at < bytes.length;) {
      const taken = Math.min(bytes.length - at, SCRATCH_BYTES);
      bytes.copy(this.#scratch, this.#kept, at, at + taken);
      at += taken;
      const filled = this.#kept + taken;
      const frames = Math.floor(filled / frameBytes);
      this.#channels.forEach((channel, index) => {
        this.#measure(channel, index, frames);
      });
      this.#frames += frames;
      this.#kept = filled - frames * frameBytes;
      this.#scratch.copyWithin(0, frames * frameBytes, filled);
    }
  }

  /** Over the worst channel each; null when there was no whole frame. */
  result(): SignalHealth | null {
    const frames = this.#frames;
    if (frames === 0) return null;
    const fullScale = 2 ** (8 * this.#layout.containerBytes - 1);
    const over = (figure: (channel: Channel) => number): number =>
      Math.max(...this.#channels.map(figure));
    const dc = this.#channels.map(({ sum }) => sum / frames / fullScale);
    return {
      peakDbfs: decibels(over(({ least, most }) => Math.max(-least, most)) / fullScale),
      rmsDbfs: decibels(Math.sqrt(over(({ squares }) => squares) / frames) / fullScale),
      dcOffset: round(
        dc.reduce((worst, here) => (Math.abs(here) > Math.abs(worst) ? here : worst), 0),
      ),
      clippedRatio: over(({ clipped }) => clipped) / frames,
      constant: this.#channels.some(({ least, most }) => least === most),
    };
  }

  #measure(channel: Channel, index: number, frames: number): void {
    const { channels, containerBytes } = this.#layout;
    if (containerBytes === 3) this.#measure24(channel, index, frames);
    else
      measureWords(
        channel,
        containerBytes === 2 ? this.#shorts : this.#words,
        index,
        frames,
        channels,
      );
  }

  #measure24(channel: Channel, index: number, frames: number): void {
    const bytes = this.#bytes;
    const step = this.#layout.channels * 3;
    const end = frames * step;
    let { least, most } = channel;
    let [sum, squares] = [0, 0];
    for (let at = index * 3; at < end; at += step) {
      const value = word24(bytes, at);
      if (value < least) least = value;
      if (value > most) most = value;
      sum += value;
      squares += value * value;
    }
    if (most >= 0x7fffff || least <= -0x800000) {
      for (let at = index * 3; at < end; at += step) {
        const value = word24(bytes, at);
        if (value >= 0x7fffff || value <= -0x800000) channel.clipped += 1;
      }
    }
    Object.assign(channel, {
      least,
      most,
      sum: channel.sum + sum,
      squares: channel.squares + squares,
    });
  }
}

/** One tight loop; samples at full scale are rare and counted only where there are any. */
function measureWords(
  channel: Channel,
  words: Int16Array | Int32Array,
  index: number,
  frames: number,
  step: number,
): void {
  const end = frames * step;
  const highest = words instanceof Int16Array ? 0x7fff : 0x7fffffff;
  let { least, most } = channel;
  let [sum, squares] = [0, 0];
  for (let at = index; at < end; at += step) {
    const value = words[at] ?? 0;
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
    squares += value * value;
  }
  if (most >= highest || least <= -highest - 1) {
    for (let at = index; at < end; at += step) {
      const value = words[at] ?? 0;
      if (value >= highest || value <= -highest - 1) channel.clipped += 1;
    }
  }
  Object.assign(channel, {
    least,
    most,
    sum: channel.sum + sum,
    squares: channel.squares + squares,
  });
}

function word24(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 8) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 24)) >> 8
  );
}

function decibels(ratio: number): number {
  return ratio > 0
    ? Math.max(SILENCE_DBFS, Math.round(2000 * Math.log10(ratio)) / 100)
    : SILENCE_DBFS;
}

function round(share: number): number {
  return Math.round(share * 1e8) / 1e8;
}
