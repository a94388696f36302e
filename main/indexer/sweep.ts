import { statSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '@shared/model/recording';

export const STREAMS = ['raw', 'processed'] as const satisfies readonly Stream[];

/** One workspace's promoted files, by name. */
export interface Listing {
  readonly workspace: string;
  readonly names: Readonly<Record<Stream, readonly string[]>>;
}

/**
 * Lists the `data/` folders that changed since they were last listed. An unchanged folder costs one
 * `stat`: a promotion changes its folder's time.
 */
export class Sweep {
  readonly #recorderDir: string;
  readonly #seen = new Map<string, number>();

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
      if (this.#seen.has(folder)) this.#seen.set(folder, changeTime(folder));
    }
  }

  /**
   * One workspace after the other, so that millions of names are never held at once.
   * @param thorough list every folder whatever its time says: coarse clocks hide a change now and then
   */
  async *changed(thorough: boolean): AsyncGenerator<Listing, void> {
    for (const workspace of await readdir(this.#recorderDir).catch((): string[] => [])) {
      const folders = STREAMS.map((stream) => join(this.#recorderDir, workspace, 'data', stream));
      const times = folders.map(changeTime);
      const fresh = folders.some((folder, i) => this.#seen.get(folder) !== times[i]);
      if (!fresh && !thorough) continue;
      const [raw = [], processed = []] = await Promise.all(folders.map(wavNames));
      // The times from before the listing: what changes meanwhile is seen at the next sweep.
      folders.forEach((folder, i) => {
        const time = times[i];
        if (time !== undefined) this.#seen.set(folder, time);
      });
      yield { workspace, names: { raw, processed } };
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

/** Plain files only: a folder cannot be read, a named pipe would be waited for without end. */
async function wavNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.wav'))
    .map((entry) => entry.name);
}
