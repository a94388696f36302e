import { createHash } from 'node:crypto';
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../files/error-code';
import { syncFolder } from '../files/durable';

/** What tells a recording from every other, in whatever copy of the database it stands. */
export interface Identity {
  readonly device: string;
  readonly run_id: string | null;
  readonly sequence: number | null;
  readonly raw_path: string | null;
  readonly processed_path: string | null;
}

/** One recording that was removed for good. */
export interface Purge {
  /** As its row in `deletions` says, UTC milliseconds. */
  readonly atMs: number;
  readonly id: number;
  /** Of its identity: what it was called is forgotten. */
  readonly hash: string;
}

const LINE = /^(\d+) (\d+) ([0-9a-f]{32})$/;
/** More than the longest line. */
const TAIL_BYTES = 256;

/** A run and its number where there are some: a file may be given another name with its right time. */
export function identityHash(row: Identity): string {
  const { device, run_id: run, sequence, raw_path: raw, processed_path: processed } = row;
  const identity =
    run === null ? ['file', raw ?? processed] : ['run', device, run, String(sequence)];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

/**
 * What was purged, in a file beside the database: a copy of the database that is older than a purge takes its place one
 * day, and knows nothing of it. One at a time.
 */
export class PurgeList {
  readonly #file: string;
  #work: Promise<unknown> = Promise.resolve();

  constructor(databaseFile: string) {
    this.#file = `${databaseFile}.purged`;
  }

  /** On the disk when it returns. @throws Node's errors */
  add(purges: readonly Purge[]): Promise<void> {
    return this.#next(async () => {
      const isNew = (await sizeOf(this.#file)) === null;
      const handle = await open(this.#file, 'a', 0o600);
      try {
        // A line that a power cut has torn ends here.
        await handle.write(`\n${purges.map(lineOf).join('')}`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (isNew) await syncFolder(dirname(this.#file));
    });
  }

  /** Without reading all of it. @returns null: nothing was purged. @throws Node's errors */
  async last(): Promise<Purge | null> {
    const size = await sizeOf(this.#file);
    if (size === null) return null;
    const handle = await open(this.#file, 'r');
    try {
      const at = Math.max(0, size - TAIL_BYTES);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - at), 0, size - at, at);
      return parse(buffer.toString('latin1', 0, bytesRead)).at(-1) ?? null;
    } finally {
      await handle.close();
    }
  }

  /** In the order in which it was done. @throws Node's errors */
  async all(): Promise<Purge[]> {
    try {
      return parse(await readFile(this.#file, 'latin1'));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /**
   * Lets go of what no copy is older than.
   * @param oldestMs when the oldest copy was made, by a clock that is known to be right
   * @throws Node's errors
   */
  forgetBefore(oldestMs: number): Promise<void> {
    return this.#next(async () => {
      const purges = await this.all();
      // From the start only, as far as all are older: among younger ones a wrong clock may have dated one.
      const first = purges.findIndex(({ atMs }) => atMs >= oldestMs);
      const kept = first < 0 ? purges.slice(-1) : purges.slice(first);
      if (kept.length === purges.length) return;
      const temporary = `${this.#file}.tmp`;
      await writeFile(temporary, kept.map(lineOf).join(''), { mode: 0o600, flush: true });
      await rename(temporary, this.#file);
      await syncFolder(dirname(this.#file));
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }
}

function lineOf({ atMs, id, hash }: Purge): string {
  return `${String(atMs)} ${String(id)} ${hash}\n`;
}

function parse(text: string): Purge[] {
  const purges: Purge[] = [];
  for (const line of text.split('\n')) {
    const found = LINE.exec(line);
    if (found === null) continue;
    const [, atMs, id, hash = ''] = found;
    purges.push({ atMs: Number(atMs), id: Number(id), hash });
  }
  return purges;
}

/** Bytes; null where there is no such file. @throws Node's errors */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
