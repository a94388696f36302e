// With its ending: the worker thread runs this file as it is, and Node does not guess.
import { Fft } from './fft.ts';

/** Frames of one window: 21 ms at 48 kHz for the songs of birds, 2.7 ms at 384 kHz for the calls of bats. */
const WINDOW = 1024;
const BINS = WINDOW / 2;
/** Two bins to a row: as much as a screen shows, and half the file. */
const BINS_PER_ROW = 2;
const ROWS = BINS / BINS_PER_ROW;
/** A column per 10 ms, where that is within what a screen shows. */
const COLUMN_S = 0.01;
const FEWEST_COLUMNS = 800;
const MOST_COLUMNS = 2000;
/** Below every microphone's noise, and the answer where nothing moves at all. */
export const SILENCE_DB = -160;

/** Loudness over time and frequency. */
export interface Spectrum {
  /** Columns. */
  readonly width: number;
  /** Rows; the first is the highest frequency, up to half the sample rate. */
  readonly height: number;
  /** dB below a full-scale sine, row by row. */
  readonly levelsDb: Float32Array;
}

/** A sound, as far as its picture is concerned. */
interface SeenSound {
  readonly frames: number;
  readonly channels: number;
  readonly sampleRateHz: number;
}

function columnsOf({ frames, sampleRateHz }: SeenSound): number {
  return Math.min(
    MOST_COLUMNS,
    Math.max(FEWEST_COLUMNS, Math.round(frames / sampleRateHz / COLUMN_S)),
  );
}

/** What a spectrum needs of memory while it is measured, bytes. */
export function spectrumBytesOf(sound: SeenSound, blockFrames: number): number {
  const pending = sound.channels * (blockFrames + 2 * WINDOW);
  const columns = columnsOf(sound) * (BINS + ROWS);
  return (pending + columns) * Float32Array.BYTES_PER_ELEMENT;
}

/**
 * Measures the spectrum of a sound while its samples go by; memory is bounded however long it is. Windows (Hann)
 * overlap by half at least, so that no sample is passed over, and a column keeps the loudest of its windows and
 * channels: a bat's call of a few milliseconds is not averaged away.
 */
export class SpectrumMeter {
  readonly #channels: number;
  readonly #columns: number;
  readonly #columnFrames: number;
  readonly #windowsPerColumn: number;
  readonly #windows: number;
  readonly #fft = new Fft(WINDOW);
  readonly #hann: Float64Array;
  readonly #re = new Float64Array(WINDOW);
  readonly #im = new Float64Array(WINDOW);
  /** Highest power per column and bin; the lowest frequency first. */
  readonly #power: Float32Array;
  /** What windows still need, channel by channel; begins half a window before the sound. */
  readonly #pending: Float32Array[];
  #pendingFrames = WINDOW / 2;
  /** Of the first pending frame, counted from half a window before the sound. */
  #pendingStart = 0;
  #nextWindow = 0;
  /** The column of the window that waits for a second one in the real part; null: none does. */
  #waiting: number | null = null;

  /** @param blockFrames the most frames that are added at once */
  constructor(sound: SeenSound, blockFrames: number) {
    const { frames, channels } = sound;
    this.#channels = channels;
    this.#columns = columnsOf(sound);
    this.#columnFrames = frames / this.#columns;
    this.#windowsPerColumn = Math.max(1, Math.ceil(this.#columnFrames / (WINDOW / 2)));
    this.#windows = frames === 0 ? 0 : this.#columns * this.#windowsPerColumn;
    this.#hann = Float64Array.from(
      { length: WINDOW },
      (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / WINDOW),
    );
    this.#power = new Float32Array(this.#columns * BINS);
    this.#pending = Array.from(
      { length: channels },
      () => new Float32Array(blockFrames + 2 * WINDOW),
    );
  }

  /** The next whole frames, channels in turn. */
  add(samples: Float32Array): void {
    const channels = this.#channels;
    const frames = samples.length / channels;
    for (const [channel, pending] of this.#pending.entries()) {
      for (let frame = 0; frame < frames; frame++) {
        pending[this.#pendingFrames + frame] = samples[frame * channels + channel] as number;
      }
    }
    this.#pendingFrames += frames;
    this.#measure();
  }

  /** Everything that was added. */
  spectrum(): Spectrum {
    // Half a window of silence behind the end, as before the beginning; twice, for rounding.
    for (const pending of this.#pending) {
      pending.fill(0, this.#pendingFrames, this.#pendingFrames + WINDOW);
    }
    this.#pendingFrames += WINDOW;
    this.#measure();
    if (this.#waiting !== null) this.#transform(this.#waiting, null);
    const [width, height] = [this.#columns, ROWS];
    const levelsDb = new Float32Array(width * height);
    for (let column = 0; column < width; column++) {
      for (let row = 0; row < height; row++) {
        const bin = column * BINS + (height - 1 - row) * BINS_PER_ROW;
        let power = 0;
        for (let of = 0; of < BINS_PER_ROW; of++) {
          power = Math.max(power, this.#power[bin + of] as number);
        }
        const level = power === 0 ? SILENCE_DB : 10 * Math.log10(power);
        levelsDb[row * width + column] = Math.max(SILENCE_DB, level);
      }
    }
    return { width, height, levelsDb };
  }

  #measure(): void {
    for (; this.#nextWindow < this.#windows; this.#nextWindow++) {
      const start = this.#startOf(this.#nextWindow) - this.#pendingStart;
      if (start + WINDOW > this.#pendingFrames) break;
      const column = Math.floor(this.#nextWindow / this.#windowsPerColumn);
      for (const pending of this.#pending) this.#window(pending, start, column);
    }
    const keepFrom =
      this.#nextWindow < this.#windows
        ? this.#startOf(this.#nextWindow) - this.#pendingStart
        : this.#pendingFrames;
    const passed = Math.min(keepFrom, this.#pendingFrames);
    for (const pending of this.#pending) pending.copyWithin(0, passed, this.#pendingFrames);
    this.#pendingFrames -= passed;
    this.#pendingStart += passed;
  }

  /** Counted from half a window before the sound, so that a window's middle is where it stands in the picture. */
  #startOf(window: number): number {
    return Math.floor(((window + 0.5) * this.#columnFrames) / this.#windowsPerColumn);
  }

  /** Two windows are transformed at once: one as the real part, one as the imaginary. */
  #window(frames: Float32Array, start: number, column: number): void {
    const hann = this.#hann;
    const into = this.#waiting === null ? this.#re : this.#im;
    for (let at = 0; at < WINDOW; at++) {
      into[at] = (frames[start + at] as number) * (hann[at] as number);
    }
    if (this.#waiting === null) this.#waiting = column;
    else this.#transform(this.#waiting, column);
  }

  #transform(first: number, second: number | null): void {
    this.#waiting = null;
    const re = this.#re;
    const im = this.#im;
    const power = this.#power;
    this.#fft.transform(re, im);
    const a = first * BINS - 1;
    const b = (second ?? first) * BINS - 1;
    // A sine of full scale has half the window's sum (WINDOW ÷ 2) in its bin; both windows carry a factor of two.
    const unit = 1 / (WINDOW / 2) ** 2;
    for (let bin = 1; bin <= BINS; bin++) {
      const rk = re[bin] as number;
      const ik = im[bin] as number;
      const rm = re[WINDOW - bin] as number;
      const imm = im[WINDOW - bin] as number;
      const ofFirst = ((rk + rm) ** 2 + (ik - imm) ** 2) * unit;
      const ofSecond = ((ik + imm) ** 2 + (rm - rk) ** 2) * unit;
      if (ofFirst > (power[a + bin] as number)) power[a + bin] = ofFirst;
      if (second !== null && ofSecond > (power[b + bin] as number)) power[b + bin] = ofSecond;
    }
  }
}
