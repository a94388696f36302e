import { stat } from 'node:fs/promises';

/** A longer log makes every question that goes through it slower … */
const LONG_BYTES = 4 * 1024 * 1024;
/** … and one to which nothing is added any more is emptied whatever its length. */
const IDLE_MS = 30_000;

/** The length of the database's write-ahead log: when is it to be emptied? */
export class LogWatch {
  readonly #file: string;
  #bytes = 0;
  /** As the file system stamps it; compared with itself only. */
  #changedMs = 0;
  #unchangedSinceMs = 0;
  #emptiedAtChangeMs = -1;

  /** @param databaseFile the log lies beside it */
  constructor(databaseFile: string) {
    this.#file = `${databaseFile}-wal`;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns whether it is to be emptied now */
  async look(monotonicMs: number): Promise<boolean> {
    const found = await stat(this.#file).catch(() => null);
    this.#bytes = found?.size ?? 0;
    if (found === null || found.size === 0) return false;
    if (found.mtimeMs !== this.#changedMs) {
      this.#changedMs = found.mtimeMs;
      this.#unchangedSinceMs = monotonicMs;
    }
    if (found.mtimeMs === this.#emptiedAtChangeMs) return false; // somebody reads from it; nothing new since
    return found.size >= LONG_BYTES || monotonicMs - this.#unchangedSinceMs >= IDLE_MS;
  }

  /** What is in it now is in the database, too. */
  emptied(bytes: number): void {
    this.#bytes = bytes;
    this.#emptiedAtChangeMs = this.#changedMs;
  }
}
