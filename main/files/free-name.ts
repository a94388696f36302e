import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { orNothing } from './absent';

/**
 * Nothing is ever overwritten: a name that exists gets a number before its extension.
 * @param folders the name must be free in each of them
 * @throws Node's errors when one of them cannot be asked now: a name is not free because nobody could tell
 */
export async function freeName(folders: readonly string[], wanted: string): Promise<string> {
  const extension = extname(wanted);
  const stem = wanted.slice(0, wanted.length - extension.length);
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? wanted : `${stem}.${String(n)}${extension}`;
    const found = await Promise.all(folders.map((folder) => orNothing(stat(join(folder, name)))));
    if (found.every((one) => one === null)) return name;
  }
}
