import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/**
 * The folder of the window's profile: Chromium's caches, the page's own memory, and the lock that makes a
 * second start find the first. One for each data folder, never inside it.
 * @param configDir where programs keep their configuration, e.g. `~/.config`
 */
export function profileFolder(configDir: string, dataDir: string, usualDataDir: string): string {
  const base = join(configDir, 'silvasonic-console');
  const chosen = resolve(dataDir);
  if (chosen === resolve(usualDataDir)) return join(base, 'station');
  return join(base, `station-${createHash('sha256').update(chosen).digest('hex').slice(0, 12)}`);
}
