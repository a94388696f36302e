import type { RecorderStatus } from '@shared/model/recorder';
import type { StationSnapshot } from '@shared/model/station';

/** A recorder that says `recording` is believed only while audio was seen growing this recently. */
export const AUDIO_FRESH_MS = 5_000;

/** `doubtful`: the station still says recording, but no audio has grown for a while. */
export type MicrophoneVerdict = 'recording' | 'doubtful' | 'starting' | 'not_recording' | 'unknown';

/** What one glance should say of one microphone. Derived from what the station said; nothing is guessed. */
export function microphoneVerdict(
  recorder: Pick<RecorderStatus, 'state' | 'lastAudioAt'>,
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
      return 'not_recording';
  }
}

/** A microphone that a person has set aside does not count against the station. */
export function isSetAside(recorder: Pick<RecorderStatus, 'desiredReason'>): boolean {
  return (
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
      readonly kind: 'not_recording';
      readonly recording: 0;
      readonly wanted: number;
      readonly because:
        'console_stopped' | 'no_microphone' | 'all_stopped' | 'all_waiting' | 'microphones';
    };

/** The one answer for the whole station, as of its last snapshot. */
export function stationVerdict(
  snapshot: Pick<StationSnapshot, 'at' | 'recorders' | 'station'>,
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
  if (verdicts.includes('starting'))
    return { kind: 'starting', recording: 0, wanted: wanted.length };
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
