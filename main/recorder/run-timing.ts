import { LossMeter, type Loss, type LossState } from './loss-meter';
import type { RunAnchor } from './run-anchor';

/** What a run knows of its own clock, to be taken up by the console that adopts it. */
export interface RunTimingState {
  readonly loss: LossState;
  readonly overruns: number;
  /** Bytes of ffmpeg's log whose overruns are counted in this. Absent in files of older consoles. */
  readonly logOffset?: number;
}

/** From frames to capture times: anchor, loss, drift. */
export class RunTiming {
  readonly #rateHz: number;
  #meter: LossMeter;
  #overruns = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
    this.#meter = new LossMeter({ rateHz });
  }

  /** Goes on from what an earlier console knew. */
  restore(state: RunTimingState): void {
    this.#meter = new LossMeter({ rateHz: this.#rateHz, baseline: state.loss });
    this.#overruns = state.overruns;
  }

  get overruns(): number {
    return this.#overruns;
  }

  /** Seconds of sound that are missing so far. */
  get lostS(): number {
    return this.#meter.lostS;
  }

  /** Parts per million; null until it is known. */
  get driftPpm(): number | null {
    return this.#meter.driftPpm;
  }

  get state(): RunTimingState {
    return { loss: this.#meter.state(), overruns: this.#overruns };
  }

  /** The sound system reported overruns. */
  overrun(count: number): void {
    this.#overruns += count;
    for (let n = 0; n < count; n += 1) this.#meter.overrun();
  }

  /** @returns sound that turned out to be missing */
  observe(anchor: RunAnchor, monotonicMs: number, frames: number): Loss | null {
    return this.#meter.observe(monotonicMs - anchor.monotonicMs, frames);
  }

  /** Seconds that were told to be missing and came after all, since this was last asked. */
  takenBackS(): number {
    return this.#meter.takenBackS();
  }

  /** Capture time of a frame, UTC milliseconds. */
  wallMsOf(anchor: RunAnchor, frame: number): number {
    return anchor.wallMs + (frame / this.#rateHz + this.#meter.offsetS(frame)) * 1000;
  }
}
