import { existsSync } from 'node:fs';

/**
 * Is the system clock synchronised? Asks systemd-timesyncd's marker file.
 * @returns null where nothing here tells
 */
export function readClockSync(runRoot = '/run'): boolean | null {
  if (!existsSync(`${runRoot}/systemd/timesync`)) return null;
  return existsSync(`${runRoot}/systemd/timesync/synchronized`);
}
