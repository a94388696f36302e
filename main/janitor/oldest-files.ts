import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { orNothing } from '../files/absent';
import { parseSegmentName } from '../files/segment-name';

/** A recording as it lies on the disk, for when nobody can be asked what it is. */
export interface FilePair {
  /** Relative to the data folder. */
  readonly paths: readonly string[];
  /** When it was recorded, by its name; UTC milliseconds. */
  readonly startMs: number;
  readonly bytes: number;
}

interface Found {
  readonly workspace: string;
  readonly name: string;
  readonly startMs: number;
}

const STREAMS = ['raw', 'processed'] as const;
/** What was written to so lately may still be waiting for its other file. */
const YOUNG_MS = 60_000;

/**
 * The oldest recordings of the recorders by their files, of any number: no more than `count` are held in memory. Only
 * files that the station has named; links, imports and what is still being recorded are passed over.
 * @throws Node's errors
 */
export async function oldestFiles(
  dataRoot: string,
  count: number,
  nowMs: number,
): Promise<FilePair[]> {
  const oldest = new Oldest(count);
  for (const workspace of await foldersIn(join(dataRoot, 'recorder'))) {
    for (const stream of STREAMS) {
      const folder = join(dataRoot, 'recorder', workspace, 'data', stream);
      for await (const name of fileNamesIn(folder)) {
        const startMs = parseSegmentName(name)?.startMs;
        if (startMs !== undefined) oldest.add({ workspace, name, startMs });
      }
    }
  }
  const pairs: FilePair[] = [];
  for (const found of oldest.sorted()) {
    const pair = await pairOf(dataRoot, found, nowMs);
    if (pair !== null) pairs.push(pair);
  }
  return pairs;
}

/** Keeps the oldest of what it is shown, each pair once. */
class Oldest {
  readonly #count: number;
  #held = new Map<string, Found>();

  constructor(count: number) {
    this.#count = count;
  }

  add(found: Found): void {
    this.#held.set(`${found.workspace}/${found.name}`, found);
    // Sorted now and then instead of each time.
    if (this.#held.size >= this.#count * 4) this.#trim();
  }

  sorted(): Found[] {
    this.#trim();
    return [...this.#held.values()];
  }

  #trim(): void {
    const sorted = [...this.#held].sort(
      ([, a], [, b]) => a.startMs - b.startMs || (a.name < b.name ? -1 : 1),
    );
    this.#held = new Map(sorted.slice(0, this.#count));
  }
}

async function pairOf(
  dataRoot: string,
  { workspace, name, startMs }: Found,
  nowMs: number,
): Promise<FilePair | null> {
  const paths: string[] = [];
  let bytes = 0;
  for (const stream of STREAMS) {
    const path = `recorder/${workspace}/data/${stream}/${name}`;
    const info = await orNothing(lstat(join(dataRoot, path)));
    if (info?.isFile() !== true) continue;
    if (info.mtimeMs <= nowMs && nowMs - info.mtimeMs < YOUNG_MS) return null;
    paths.push(path);
    bytes += info.size;
  }
  return paths.length === 0 ? null : { paths, startMs, bytes };
}

async function foldersIn(path: string): Promise<string[]> {
  const folder = await orNothing(opendir(path));
  const names: string[] = [];
  if (folder === null) return names;
  for await (const entry of folder) if (entry.isDirectory()) names.push(entry.name);
  return names;
}

/** In parts: there may be millions. */
async function* fileNamesIn(path: string): AsyncGenerator<string> {
  const folder = await orNothing(opendir(path, { bufferSize: 256 }));
  if (folder === null) return;
  for await (const entry of folder) if (entry.isFile()) yield entry.name;
}
