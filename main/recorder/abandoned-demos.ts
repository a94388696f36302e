import { dirname, join } from 'node:path';
import type { Clock } from '../clock/clock';
import { identifyProcess, listCommandLines } from '../process/identity';
import { terminate } from '../process/terminate';
import { captureOutputs } from './capture-command';

/** Demonstrations record below folders with this name in the folder for temporary things. */
export const DEMO_PREFIX = 'silvasonic-demo-';

/**
 * Ends the captures of demonstrations whose console is no more: nobody will ever adopt them, for each demonstration
 * has a data folder of its own.
 * @param isAttended does a console run on this data folder?
 * @returns the process numbers of those that were ended
 */
export async function endAbandonedDemos(
  temporaryDir: string,
  isAttended: (dataDir: string) => boolean,
  clock: Clock,
): Promise<number[]> {
  const ended: number[] = [];
  for (const { pid, args } of await listCommandLines()) {
    const dataDir = demoOf(args, temporaryDir);
    if (dataDir === null || isAttended(dataDir)) continue;
    const identity = await identifyProcess(pid);
    if (identity === null) continue;
    if ((await terminate(identity, clock)) !== 'nothing') ended.push(pid);
  }
  return ended;
}

/** The data folder of the demonstration that this command line records for, or null. */
function demoOf(args: readonly string[], temporaryDir: string): string | null {
  for (const output of captureOutputs(args)) {
    // <temporary>/silvasonic-demo-XXXXXX/data/recorder/<workspace>/.buffer/<stream>/<pattern>
    const dataDir = dirname(dirname(dirname(dirname(dirname(output)))));
    if (dataDir.startsWith(join(temporaryDir, DEMO_PREFIX)) && dataDir.endsWith('/data')) {
      return dataDir;
    }
  }
  return null;
}
