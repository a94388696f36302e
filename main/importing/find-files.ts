import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import { errorCode } from '../files/error-code';
import type { FoundItem } from './import-orders';
import { pathBytes, pathText } from './source-path';
import { troubleInWords } from './trouble-in-words';

export interface Finding {
  readonly items: FoundItem[];
  /** Folders that could be listed. */
  readonly listed: string[];
}

const BATCH = 200;
const SEPARATOR = Buffer.from(sep);
/** What a person has thrown away, and what systems keep for themselves. */
const NOT_LOOKED_INTO =
  /^(?:\.Trash.*|\.Trashes|\$RECYCLE\.BIN|System Volume Information|lost\+found|\.Spotlight-V100|\.fseventsd)$/i;
/** Deeper is nothing that a recorder or a person made. */
const MOST_DEEP = 100;

/**
 * Every file below some files and folders, in order of name: links within them are not followed, so that there are no
 * loops. Whatever is found is told, also what cannot be taken; nothing is opened that could keep us waiting (a pipe).
 * @param dataRoot the station's own folder: not looked into
 */
export function* findFiles(sources: readonly string[], dataRoot: string): Generator<Finding, void> {
  let found: Finding = { items: [], listed: [] };
  const ownFolder = realpathSync(dataRoot);
  for (const source of sources) {
    for (const one of fromSource(source, ownFolder)) {
      if (typeof one === 'string') found.listed.push(one);
      else found.items.push(one);
      if (found.items.length + found.listed.length < BATCH) continue;
      yield found;
      found = { items: [], listed: [] };
    }
  }
  yield found;
}

/** An item, or the path of a folder that could be listed. */
type One = FoundItem | string;

function* fromSource(source: string, ownFolder: string): Generator<One, void> {
  const path = pathBytes(source);
  try {
    // What was named may be a link; what lies below may not.
    yield* fromPath(path, statSync(path), ownFolder, 0);
  } catch (error) {
    yield problem(path, 'failed', troubleInWords(error));
  }
}

function* fromPath(
  path: Buffer,
  stats: Stats,
  ownFolder: string,
  depth: number,
): Generator<One, void> {
  if (stats.isFile()) {
    yield { ...facts(path, stats), state: 'waiting', detail: '' };
  } else if (stats.isDirectory()) {
    yield* fromFolder(path, ownFolder, depth);
  } else {
    const detail = stats.isSymbolicLink()
      ? 'a link: what it leads to is imported where it lies'
      : 'not a file, but a device, pipe or socket';
    yield { ...facts(path, stats), sizeBytes: 0, state: 'refused', detail };
  }
}

function* fromFolder(path: Buffer, ownFolder: string, depth: number): Generator<One, void> {
  const name = path.subarray(path.lastIndexOf(SEPARATOR) + 1).toString('utf8');
  if (depth > 0 && NOT_LOOKED_INTO.test(name)) {
    yield problem(
      path,
      'refused',
      'not looked into: it holds what was thrown away, or the system’s own',
    );
    return;
  }
  if (depth > MOST_DEEP) {
    yield problem(path, 'refused', 'not looked into: folder in folder, more than a hundred deep');
    return;
  }
  let names: Buffer[];
  try {
    if (realpathSync(path) === ownFolder) {
      yield problem(path, 'refused', 'not looked into: it is the station’s own data folder');
      return;
    }
    names = readdirSync(path, { encoding: 'buffer' }).sort((a, b) => a.compare(b));
  } catch (error) {
    yield problem(path, 'failed', troubleInWords(error));
    return;
  }
  yield pathText(path);
  for (const child of names) {
    const childPath = Buffer.concat([
      path,
      endsWithSeparator(path) ? Buffer.alloc(0) : SEPARATOR,
      child,
    ]);
    let stats: Stats;
    try {
      stats = lstatSync(childPath);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') continue; // removed meanwhile: it is not there
      yield problem(childPath, 'failed', troubleInWords(error));
      continue;
    }
    yield* fromPath(childPath, stats, ownFolder, depth + 1);
  }
}

function endsWithSeparator(path: Buffer): boolean {
  return path.subarray(-SEPARATOR.length).equals(SEPARATOR);
}

function facts(path: Buffer, stats: Stats): Pick<FoundItem, 'path' | 'sizeBytes' | 'modifiedAtMs'> {
  return { path: pathText(path), sizeBytes: stats.size, modifiedAtMs: Math.round(stats.mtimeMs) };
}

function problem(path: Buffer, state: 'refused' | 'failed', detail: string): FoundItem {
  return { path: pathText(path), sizeBytes: 0, modifiedAtMs: 0, state, detail };
}
