/** How fast it goes and how long it takes yet. */
export interface ImportPace {
  /** null while there is nothing to tell it by. */
  readonly bytesPerS: number | null;
  readonly secondsLeft: number | null;
}

interface Mark {
  readonly atMs: number;
  readonly bytes: number;
  readonly files: number;
}

/** Over how much of the past. */
const WINDOW_MS = 10_000;
const MARK_MS = 250;
/** Less tells nothing. */
const SHORTEST_MS = 1_000;

/** Measures the pace of an import over its last seconds. */
export class ImportRate {
  #marks: Mark[] = [];

  /** @param atMs monotonic */
  note(atMs: number, bytes: number, files: number): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && atMs - last.atMs < MARK_MS) return;
    this.#marks.push({ atMs, bytes, files });
    this.#marks = this.#marks.filter((mark) => atMs - mark.atMs <= WINDOW_MS);
  }

  /** @param left of all that was found */
  pace(left: { readonly bytes: number; readonly files: number }): ImportPace {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (first === undefined || last === undefined || last.atMs - first.atMs < SHORTEST_MS) {
      return { bytesPerS: null, secondsLeft: null };
    }
    const seconds = (last.atMs - first.atMs) / 1000;
    const bytesPerS = Math.max(0, last.bytes - first.bytes) / seconds;
    const filesPerS = Math.max(0, last.files - first.files) / seconds;
    // Many small files are told by their number, few large ones by their bytes: what takes longer holds.
    const waits = [
      bytesPerS > 0 ? left.bytes / bytesPerS : 0,
      filesPerS > 0 ? left.files / filesPerS : 0,
    ];
    const isMoving = bytesPerS > 0 || filesPerS > 0;
    return { bytesPerS, secondsLeft: isMoving ? Math.max(...waits) : null };
  }
}
