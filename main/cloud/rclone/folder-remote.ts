import { stat } from 'node:fs/promises';
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
