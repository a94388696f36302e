import type { Level } from '@shared/model/level';

export const LIVE_RATE_HZ = 48_000;
/** A tenth of a second. */
const FRAMES = LIVE_RATE_HZ / 10;
const FULL_SCALE = 32_768;
const FLOOR_DBFS = -120;

/**
 * Measures each tenth of a second of sound, counted in samples. RMS is against full scale as the peak is: a sine that
 * just fits measures 0 dB peak and -3.01 dB RMS.
 */
export class LevelMeter {
  readonly #channels: number;
  readonly #peaks: Float64Array;
  readonly #squares: Float64Array;
  #frames = 0;

  constructor(channels: number) {
    this.#channels = channels;
    this.#peaks = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  /**
   * @param samples interleaved, whole frames
   * @returns what each tenth of a second that they complete measures, one entry per channel
   */
  add(samples: Int16Array): Level['channels'][] {
    const measured: Level['channels'][] = [];
    for (let at = 0; at < samples.length; at += this.#channels) {
      for (let channel = 0; channel < this.#channels; channel++) {
        const sample = samples[at + channel] ?? 0;
        const size = Math.abs(sample);
        if (size > (this.#peaks[channel] ?? 0)) this.#peaks[channel] = size;
        this.#squares[channel] = (this.#squares[channel] ?? 0) + sample * sample;
      }
      this.#frames += 1;
      if (this.#frames === FRAMES) measured.push(this.#take());
    }
    return measured;
  }

  #take(): Level['channels'] {
    const channels = Array.from(this.#peaks, (peak, channel) => ({
      peakDbfs: dbfs(peak),
      rmsDbfs: dbfs(Math.sqrt((this.#squares[channel] ?? 0) / FRAMES)),
    }));
    this.#peaks.fill(0);
    this.#squares.fill(0);
    this.#frames = 0;
    return channels;
  }
}

function dbfs(size: number): number {
  return size === 0 ? FLOOR_DBFS : Math.max(FLOOR_DBFS, 20 * Math.log10(size / FULL_SCALE));
}
