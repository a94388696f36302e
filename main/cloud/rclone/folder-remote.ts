import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFile, syncFolder } from '../../files/durable';
import { CloudError } from '../provider';

/**
 * A folder is there as long as its disk is: without it rclone would make it anew, on the station's own disk.
 * @throws CloudError OFFLINE
 */
export async function checkFolderRemote(options: Readonly<Record<string, string>>): Promise<void> {
  const path = options['path'] ?? '';
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() !== true) {
    throw new CloudError('OFFLINE', `There is no folder ${path}: is its disk plugged in?`);
  }
  if (options['mounted'] !== 'yes') return;
  const root = await stat('/');
  if (found.dev !== root.dev) return;
  throw new CloudError('OFFLINE', `No other disk is mounted at ${path}.`);
}

/**
 * Forces an object and the folders above it to the disk of the folder: rclone leaves that to the page cache, and what is
 * read back from there proves nothing that survives a power cut or a pulled plug.
 * @param root of the remote, where its base path lies
 * @throws Node's errors, those of a dying disk among them
 */
export async function syncStored(root: string, path: string): Promise<void> {
  const parts = path.split('/');
  await syncFile(join(root, ...parts));
  for (let depth = parts.length - 1; depth >= 0; depth -= 1) {
    await syncFolder(join(root, ...parts.slice(0, depth)));
  }
}
