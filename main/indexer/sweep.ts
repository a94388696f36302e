import { statSync } from 'node:fs';
import { opendir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { errorCode } from '../files/error-code';

export const STREAMS = ['raw', 'processed'] as const satisfies readonly Stream[];

/** Some promoted files of one workspace, by name. */
export interface Listing {
  readonly workspace: string;
  readonly stream: Stream;
  readonly names: readonly string[];
}

type IsWanted = (workspace: string, stream: Stream, name: string) => boolean;

/** Names per listing: what waits behind one of them waits for milliseconds. */
const PART = 200;
/** Entries that the system is asked for at once. */
const ENTRIES = 1024;
/** Every so many sweeps a folder is listed whatever its time says: coarse clocks hide a change now and then. */
const THOROUGH_EVERY = 30;
/** A folder of so many more names is listed as much less often: a season's would never come to an end. */
const NAMES_PER_THOROUGH = 10_000;

interface Seen {
  timeMs: number;
  names: number;
  sweepsSince: number;
}

/**
 * Lists the `data/` folders that changed since they were last listed. An unchanged folder costs one
 * `stat`: a promotion changes its folder's time. Folders are read in parts: one of a season neither fills the memory
 * nor holds up anybody.
 */
export class Sweep {
  readonly #recorderDir: string;
  readonly #seen = new Map<string, Seen>();

  constructor(recorderDir: string) {
    this.#recorderDir = recorderDir;
  }

  /**
   * The last change of a workspace was a promotion that has its row by now. Without this, each promotion
   * would have folders listed that may hold a season. What else came at the same moment waits for the
   * thorough listing.
   */
  acknowledge(workspace: string): void {
    for (const stream of STREAMS) {
      const folder = join(this.#recorderDir, workspace, 'data', stream);
      const seen = this.#seen.get(folder);
      if (seen !== undefined) seen.timeMs = changeTime(folder);
    }
  }

  /**
   * @param thorough list every folder whatever its time says
   * @param isWanted only these names are told
   */
  async *changed(thorough: boolean, isWanted: IsWanted = () => true): AsyncGenerator<Listing> {
    for (const workspace of await readdir(this.#recorderDir).catch((): string[] => [])) {
      for (const stream of STREAMS) {
        const folder = join(this.#recorderDir, workspace, 'data', stream);
        const timeMs = changeTime(folder);
        if (!this.#isDue(folder, timeMs) && !thorough) continue;
        // The time from before the listing: what changes meanwhile is seen at the next sweep.
        const seen = { timeMs, names: 0, sweepsSince: 0 };
        this.#seen.set(folder, seen);
        for await (const names of this.#parts(folder, seen)) {
          const wanted = names.filter((name) => isWanted(workspace, stream, name));
          if (wanted.length > 0) yield { workspace, stream, names: wanted };
        }
      }
    }
  }

  #isDue(folder: string, timeMs: number): boolean {
    const seen = this.#seen.get(folder);
    if (seen === undefined || seen.timeMs !== timeMs) return true;
    seen.sweepsSince += 1;
    const times = Math.max(1, Math.ceil(seen.names / NAMES_PER_THOROUGH));
    return seen.sweepsSince >= THOROUGH_EVERY * times;
  }

  /** Plain files only: a folder cannot be read, a named pipe would be waited for without end. */
  async *#parts(folder: string, seen: Seen): AsyncGenerator<string[]> {
    let complete = false;
    try {
      let part: string[] = [];
      for await (const entry of await opendir(folder, { bufferSize: ENTRIES })) {
        if (!entry.name.endsWith('.wav') || !entry.isFile()) continue;
        seen.names += 1;
        part.push(entry.name);
        if (part.length < PART) continue;
        yield part;
        part = [];
      }
      complete = true;
      yield part;
    } catch (error) {
      complete ||= errorCode(error) === 'ENOENT';
    } finally {
      if (!complete) this.#seen.delete(folder);
    }
  }
}

/** Synchronous: microseconds, every two seconds, where a promised one takes a hundred times as much. */
function changeTime(folder: string): number {
  try {
    return statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
}
