import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Capture } from './headless-station.ts';
import { commandOf } from './process-tree.ts';
import { until, type Workshop } from './workshop.ts';

/**
 * The baseline of a recorder: the very command of a running capture, word for word, with nothing changed but the folder
 * that it writes to and the address that its live stream comes from, and with nobody watching it.
 * @param options.live false: without the live stream
 */
export async function startBareCapture(
  workshop: Workshop,
  capture: Capture,
  env: NodeJS.ProcessEnv,
  { live } = { live: true },
): Promise<ChildProcess> {
  const folder = workshop.folder(live ? 'bare' : 'bare-without-live');
  const command = commandOf(capture.pid).map((word) =>
    word
      .replaceAll(capture.workspace, folder)
      // Another sender than the capture: whoever watches its levels is not to hear both.
      .replace(/localaddr=[\d.]+/, 'localaddr=127.0.0.1'),
  );
  const words = live ? command : withoutLive(command);
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

/** Is there a live stream in the command of a capture? */
export function hasLive(capture: Capture): boolean {
  return commandOf(capture.pid).includes('[live]');
}

function withoutLive(command: readonly string[]): string[] {
  const output = command.indexOf('[live]') - 1; // its -map; the live stream is the last output
  return (output < 0 ? command : command.slice(0, output)).map((word) =>
    word.replace(',asplit=2[processed][live]', '[processed]'),
  );
}
