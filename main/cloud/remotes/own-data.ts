import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { RemotePlace } from './remote-providers';

/** Why a folder is no place to send recordings to: it is where they come from. null: it is none of ours. */
export async function whyOwnData(
  { type, options, basePath }: Pick<RemotePlace, 'type' | 'options' | 'basePath'>,
  dataRoot: string,
): Promise<string | null> {
  const { path } = options;
  if (type !== 'local' || path === undefined) return null;
  const target = await realPlace(resolve(join(path, basePath)));
  const away = relative(await realPlace(dataRoot), target);
  const isInside = away === '' || !(away === '..' || away.startsWith('../'));
  return isInside ? 'it lies in the data folder of this station' : null;
}

/** Without links, as far as it is there. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPlace(parent), relative(parent, path));
  }
}
