import { statSync } from 'node:fs';
import type { Clock } from '../clock/clock';

/** Bytes that ffmpeg writes before the first sample, at most. */
const LONGEST_HEADER = 200;

/** Sees whether audio grows on disk: the only proof that a microphone is being recorded. */
export class AudioGrowth {
  readonly #clock: Clock;
  readonly #fileOf: (sequence: number) => string;
  readonly #frameBytes: number;
  #mark = '';
  #last: { readonly monotonicMs: number; readonly wallMs: number } | null = null;

  /** @param frameBytes bytes of one frame: one sample of every channel */
  constructor(clock: Clock, frameBytes: number, fileOf: (sequence: number) => string) {
    this.#clock = clock;
    this.#frameBytes = frameBytes;
    this.#fileOf = fileOf;
  }

  /** When audio was last seen to grow, on both clocks; null before the first. */
  get last(): { readonly monotonicMs: number; readonly wallMs: number } | null {
    return this.#last;
  }

  /**
   * One look at the segment that is being written.
   * @returns frames in it, to within a header's length; null when it did not grow since the last look
   */
  look(sequence: number): number | null {
    // Synchronous: it costs microseconds, a promised one a hundred times as much, every second.
    const size = statSync(this.#fileOf(sequence), { throwIfNoEntry: false })?.size ?? 0;
    const mark = `${String(sequence)}:${String(size)}`;
    if (mark === this.#mark || size <= LONGEST_HEADER) return null;
    this.#mark = mark;
    this.#last = { monotonicMs: this.#clock.monotonicMs(), wallMs: this.#clock.wallMs() };
    return Math.floor((size - LONGEST_HEADER / 2) / this.#frameBytes);
  }
}
