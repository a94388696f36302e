import { open } from 'node:fs/promises';
import { orNothing } from '../files/absent';

/** SQLite empties a log of twice the size itself, and whoever commits then waits for that. */
const LONG_BYTES = 16 * 1024 * 1024;

/** Commits that whoever makes them may be ahead of the disk. */
const MOST_AHEAD = 10;

/**
 * The database's log, for whoever commits much without waiting for the disk (`unforced`): forces it there while the main
 * loop goes on.
 */
export class CommitLog {
  readonly #file: string;
  readonly #shorten: () => Promise<unknown>;
  #bytes = 0;
  /** Was left in it when it was shortened last. */
  #leftBytes = 0;
  /** Commits since what is being forced was begun. */
  #ahead = 0;
  #forcing: Promise<void> | null = null;
  #failure: Error | null = null;

  /**
   * @param databaseFile the log lies beside it
   * @param shorten moves what it holds into the database, in another thread
   */
  constructor(databaseFile: string, shorten: () => Promise<unknown>) {
    this.#file = logOf(databaseFile);
    this.#shorten = shorten;
  }

  /**
   * Resolves when all is on the disk that was committed before.
   * @throws Node's errors
   */
  async force(): Promise<void> {
    this.#bytes = (await forceLog(this.#file)) ?? this.#bytes;
  }

  /** Something was committed without waiting for the disk. */
  noteCommit(): void {
    this.#ahead += 1;
  }

  /**
   * Has what was noted forced while the caller goes on, who waits only when the disk is far behind.
   * @throws Node's errors, of what was forced before
   */
  async follow(): Promise<void> {
    if (this.#ahead >= MOST_AHEAD) await this.#forcing;
    if (this.#ahead > 0) this.#forcing ??= this.#forceAll();
    this.#throwFailure();
  }

  /**
   * Resolves when all is forced that was noted.
   * @throws Node's errors
   */
  async settle(): Promise<void> {
    await this.#forcing;
    if (this.#ahead > 0) await this.#forceAll();
    this.#throwFailure();
  }

  async #forceAll(): Promise<void> {
    this.#ahead = 0;
    try {
      await this.force();
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#forcing = null;
    }
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
  }

  /** Resolves when a log that has become long is short again, as far as that can be now. */
  async keepShort(): Promise<void> {
    if (this.#bytes < this.#leftBytes) this.#leftBytes = 0;
    if (this.#bytes - this.#leftBytes < LONG_BYTES) return;
    try {
      await this.#shorten();
      await this.force();
    } catch {
      // It goes on growing until the next time, or until SQLite empties it itself.
    }
    this.#leftBytes = this.#bytes;
  }
}

/**
 * Resolves when all is on the disk that was committed before, for whoever has made no commits of his own.
 * @throws Node's errors
 */
export async function forceCommits(databaseFile: string): Promise<void> {
  await forceLog(logOf(databaseFile));
}

function logOf(databaseFile: string): string {
  return `${databaseFile}-wal`;
}

/** @returns its bytes; null: there is none */
async function forceLog(file: string): Promise<number | null> {
  // No lock of SQLite's lies on this file, so closing it takes none away.
  const handle = await orNothing(open(file, 'r'));
  if (handle === null) return null;
  try {
    await handle.datasync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}
