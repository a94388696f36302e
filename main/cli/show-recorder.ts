import type { RecorderStatus } from '@shared/model/recorder';
import { AlreadySaid } from './already-said';
import { type Output, printable } from './output';

/**
 * What the recorder of one device does, in a line.
 * @param nowMs UTC milliseconds: a pause that is over is not told
 */
export function showRecorder(
  recorder: RecorderStatus,
  nowMs: number,
  json: boolean,
  output: Output,
): void {
  output.out(json ? JSON.stringify(recorder) : printable(line(recorder, nowMs)));
}

function line(recorder: RecorderStatus, nowMs: number): string {
  const { device, state, desired, desiredReason, pausedUntil, nextChangeAt } = recorder;
  const why = desired ? '' : ` (${desiredReason})`;
  const paused = pausedUntil !== null && Date.parse(pausedUntil) > nowMs;
  const until = paused
    ? `, paused until ${pausedUntil}`
    : nextChangeAt === null
      ? ''
      : `, until ${nextChangeAt}`;
  return `${device}: ${state}${why}${until}`;
}

/**
 * After it was told to end.
 * @throws AlreadySaid when no signal ended its capture
 */
export function mustNotGoOn(
  { device, desired, state, process }: RecorderStatus,
  output: Output,
): void {
  if (desired || (state !== 'recording' && state !== 'stalled')) return;
  const pid = process === null ? '' : ` (process ${String(process.pid)})`;
  output.err(printable(`${device}: its capture${pid} could not be ended and goes on.`));
  throw new AlreadySaid();
}
