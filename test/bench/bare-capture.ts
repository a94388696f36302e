import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Capture } from './headless-station.ts';
import { commandOf } from './process-tree.ts';
import { until, type Workshop } from './workshop.ts';

/**
 * The baseline of a recorder: the very command of a running capture, word for word, with nothing changed but the folder
 * that it writes to, and with nobody watching it.
 */
export async function startBareCapture(
  workshop: Workshop,
  capture: Capture,
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const folder = workshop.folder('bare');
  const words = commandOf(capture.pid).map((word) => word.replaceAll(capture.workspace, folder));
  const [program = 'ffmpeg', ...args] = words;
  for (const part of [
    '.buffer/raw',
    '.buffer/processed',
    capture.runFolder.slice(capture.workspace.length),
  ]) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  const stdout = openSync(join(folder, 'progress'), 'a');
  const stderr = openSync(join(folder, 'ffmpeg.log'), 'a');
  const child = workshop.spawn(program, args, {
    env: { ...env, LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' },
    stdio: ['ignore', stdout, stderr],
  });
  closeSync(stdout);
  closeSync(stderr);
  await until('the bare capture to start', 5_000, () => child.pid);
  return child;
}
