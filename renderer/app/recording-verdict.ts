import type { RecorderStatus } from '@shared/model/recorder';
import type { StationSnapshot } from '@shared/model/station';

/** A recorder that says `recording` is believed only while audio was seen growing this recently. */
export const AUDIO_FRESH_MS = 5_000;

/**
 * `doubtful`: the station still says recording, but no audio has grown for a while. `resting`: not recording,
 * as its schedule or a pause has it.
 */
export type MicrophoneVerdict =
  'recording' | 'doubtful' | 'starting' | 'resting' | 'not_recording' | 'unknown';

/** What one glance should say of one microphone. Derived from what the station said; nothing is guessed. */
export function microphoneVerdict(
  recorder: Pick<RecorderStatus, 'state' | 'lastAudioAt' | 'desiredReason'>,
  snapshotAt: string,
  stale: boolean,
): MicrophoneVerdict {
  if (stale) return 'unknown';
  switch (recorder.state) {
    case 'recording': {
      if (recorder.lastAudioAt === null) return 'doubtful';
      const ageMs = Date.parse(snapshotAt) - Date.parse(recorder.lastAudioAt);
      return ageMs <= AUDIO_FRESH_MS ? 'recording' : 'doubtful';
    }
    case 'starting':
      return 'starting';
    case 'stalled':
      return 'doubtful';
    case 'idle':
    case 'stopping':
    case 'waiting':
      return isResting(recorder) ? 'resting' : 'not_recording';
  }
}

/** Its capture lives: levels may come. */
export function isCapturing(recorder: Pick<RecorderStatus, 'state'>): boolean {
  return recorder.state === 'recording' || recorder.state === 'stalled';
}

/** Off for now, and on again by itself: its schedule or a pause has it so. */
export function isResting(recorder: Pick<RecorderStatus, 'desiredReason'>): boolean {
  return recorder.desiredReason === 'outside_schedule' || recorder.desiredReason === 'paused';
}

/** A microphone that a person has set aside, for good or for now, does not count against the station. */
export function isSetAside(recorder: Pick<RecorderStatus, 'desiredReason'>): boolean {
  return (
    isResting(recorder) ||
    recorder.desiredReason === 'stopped_by_user' ||
    recorder.desiredReason === 'ignored' ||
    recorder.desiredReason === 'pending_enrollment'
  );
}

export type StationVerdict =
  | { readonly kind: 'recording'; readonly recording: number; readonly wanted: number }
  | { readonly kind: 'partly'; readonly recording: number; readonly wanted: number }
  | { readonly kind: 'starting'; readonly recording: 0; readonly wanted: number }
  | {
      readonly kind: 'resting';
      readonly recording: 0;
      readonly wanted: 0;
      readonly because: 'all_paused' | 'outside_schedule';
      /** When the first of them records again, ISO 8601; null where that is not foreseen. */
      readonly until: string | null;
    }
  | {
      readonly kind: 'not_recording';
      readonly recording: 0;
      readonly wanted: number;
      readonly because:
        | 'console_stopped'
        | 'data_disk'
        | 'no_microphone'
        | 'all_stopped'
        | 'all_waiting'
        | 'microphones';
    };

/** The one answer for the whole station, as of its last snapshot. */
export function stationVerdict(
  snapshot: Pick<StationSnapshot, 'at' | 'recorders' | 'station' | 'dataDisk'>,
): StationVerdict {
  const wanted = snapshot.recorders.filter((recorder) => !isSetAside(recorder));
  const verdicts = snapshot.recorders.map((recorder) =>
    microphoneVerdict(recorder, snapshot.at, false),
  );
  const recording = verdicts.filter((verdict) => verdict === 'recording').length;
  if (!snapshot.station.running) {
    return {
      kind: 'not_recording',
      recording: 0,
      wanted: wanted.length,
      because: 'console_stopped',
    };
  }
  if (recording > 0) {
    // One that was stopped a moment ago may still be finishing; it counts while it grows.
    const expected = Math.max(wanted.length, recording);
    return { kind: recording >= expected ? 'recording' : 'partly', recording, wanted: expected };
  }
  // Nothing can be recorded anywhere: that outranks what single microphones say.
  if (snapshot.dataDisk.state !== 'ok' && wanted.length > 0) {
    return { kind: 'not_recording', recording: 0, wanted: wanted.length, because: 'data_disk' };
  }
  if (verdicts.includes('starting'))
    return { kind: 'starting', recording: 0, wanted: wanted.length };
  const resting = snapshot.recorders.filter(isResting);
  if (wanted.length === 0 && resting.length > 0) {
    const ends = resting
      .map((recorder) =>
        recorder.desiredReason === 'paused' ? recorder.pausedUntil : recorder.nextChangeAt,
      )
      .filter((end) => end !== null)
      .sort();
    return {
      kind: 'resting',
      recording: 0,
      wanted: 0,
      because: resting.every((recorder) => recorder.desiredReason === 'paused')
        ? 'all_paused'
        : 'outside_schedule',
      until: ends[0] ?? null,
    };
  }
  const because =
    snapshot.recorders.length === 0
      ? 'no_microphone'
      : wanted.length > 0
        ? 'microphones'
        : snapshot.recorders.some((recorder) => recorder.desiredReason === 'stopped_by_user')
          ? 'all_stopped'
          : 'all_waiting';
  return { kind: 'not_recording', recording: 0, wanted: wanted.length, because };
}
