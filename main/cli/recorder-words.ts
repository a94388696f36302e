import type { DesiredReason, RecorderStatus } from '@shared/model/recorder';
import { counted } from './output';

/** Why a microphone does not record though nothing is broken. */
const REASONS: Readonly<Record<Exclude<DesiredReason, 'should_record'>, string>> = {
  stopped_by_user: 'switched off',
  offline: 'not connected',
  pending_enrollment: 'waits for a decision: "enroll" or "ignore"',
  ignored: 'ignored',
  no_profile: 'no profile says how to record it',
  ambiguous: 'cannot be told from another one',
  recorder_limit: 'more microphones than system.max_recorders allows',
  outside_schedule: 'outside its schedule',
  paused: 'paused',
  data_disk_missing: 'the data disk is missing',
  console_stopped: 'no console runs',
};

/** @returns ` (paused until 2026-…)`; empty where it should record */
export function whyNot(recorder: RecorderStatus): string {
  const { desired, desiredReason, pausedUntil, nextChangeAt } = recorder;
  if (desired || desiredReason === 'should_record') return '';
  const foreseen = desiredReason === 'paused' ? pausedUntil : nextChangeAt;
  const timed = desiredReason === 'paused' || desiredReason === 'outside_schedule';
  const until = timed && foreseen !== null ? ` until ${foreseen}` : '';
  return ` (${REASONS[desiredReason]}${until})`;
}

/** How it records and what that cost so far: ` at 250000 Hz, 1 channel, 2 restarts, 0.500 s lost`. */
export function howItGoes(recorder: RecorderStatus): string {
  const { sampleRateHz, channels, restarts, lostS, overruns, desired, nextChangeAt, state } =
    recorder;
  const format =
    sampleRateHz === null || channels === null
      ? []
      : [`at ${String(sampleRateHz)} Hz, ${counted(channels, 'channel')}`];
  const costs = [
    ...(restarts > 0 ? [counted(restarts, 'restart')] : []),
    ...(overruns > 0 ? [counted(overruns, 'overrun')] : []),
    ...(lostS > 0 ? [`${lostS.toFixed(3)} s lost`] : []),
    ...(desired && nextChangeAt !== null ? [`until ${nextChangeAt}`] : []),
  ];
  if (state === 'idle') return '';
  return [...format, ...costs].map((part, i) => (i === 0 ? ` ${part}` : `, ${part}`)).join('');
}
