import type { RecorderStatus } from '@shared/model/recorder';

type Losses = Pick<RecorderStatus, 'device' | 'runId' | 'overruns' | 'lostS'>;

/** Notices that a recorder lost sound since the last look. */
export class LossWatch {
  readonly #recorders: () => readonly Losses[];
  /** By device and run. */
  #before: ReadonlyMap<string, number> | null = null;
  #lastLossMs: number | null = null;

  constructor(recorders: () => readonly Losses[]) {
    this.#recorders = recorders;
  }

  /** @returns milliseconds since the last loss; null: none since the first look */
  lossAgoMs(nowMonotonicMs: number): number | null {
    const before = this.#before;
    const now = new Map(
      this.#recorders().map(({ device, runId, overruns, lostS }) => [
        `${device} ${runId ?? ''}`,
        overruns + lostS,
      ]),
    );
    this.#before = now;
    // A run that is new to us may have lost what it lost long ago.
    const lost = [...now].some(([run, loss]) => loss > (before?.get(run) ?? loss));
    if (lost) this.#lastLossMs = nowMonotonicMs;
    return this.#lastLossMs === null ? null : nowMonotonicMs - this.#lastLossMs;
  }
}
