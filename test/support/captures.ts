import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isAlive, type ProcessIdentity } from '@main/process/identity';
import { temporaryFolder } from './temporary-folder';

/** The capture processes that a data folder's runs name and that still live. */
export async function livingCaptures(dataDir: string): Promise<ProcessIdentity[]> {
  const living: ProcessIdentity[] = [];
  for (const file of globSync(join(dataDir, 'recorder/*/runs/*/run.json'))) {
    const { process: identity } = JSON.parse(readFileSync(file, 'utf8')) as {
      process: ProcessIdentity | null;
    };
    if (identity !== null && (await isAlive(identity))) living.push(identity);
  }
  return living;
}

/** Ends what a console that was killed left recording: nothing may outlive a test. */
export async function endCaptures(dataDir: string): Promise<void> {
  if (!existsSync(dataDir)) return;
  for (const { pid } of await livingCaptures(dataDir)) process.kill(pid, 'SIGKILL');
}

/** A folder for a station that really records; its captures end when the test does. */
export function recordingFolder(): string {
  const dataDir = temporaryFolder();
  onTestFinished(() => endCaptures(dataDir));
  return dataDir;
}
