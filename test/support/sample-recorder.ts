import type { RecorderStatus } from '@shared/model/recorder';

/** A recorder that records and has nothing to complain of. */
export function sampleRecorder(changes: Partial<RecorderStatus> = {}): RecorderStatus {
  return {
    device: 'mic-1',
    displayName: 'Mic 1',
    kind: 'usb',
    profileSlug: 'generic_usb',
    sampleRateHz: 48_000,
    channels: 1,
    format: 'S16LE',
    desired: true,
    desiredReason: 'should_record',
    state: 'recording',
    runId: '0123abcd',
    runStartedAt: '2026-05-01T11:00:00.000Z',
    lastAudioAt: '2026-05-01T12:00:00.000Z',
    lastSegmentAt: '2026-05-01T11:59:50.000Z',
    segmentsPromoted: 359,
    segmentsRefused: 0,
    recordedS: 3590,
    segmentDurationS: 10,
    restarts: 0,
    failing: false,
    lastError: null,
    retryAt: null,
    nextChangeAt: null,
    pausedUntil: null,
    adopted: false,
    process: null,
    overruns: 0,
    lostS: 0,
    driftPpm: null,
    clockSynced: true,
    signal: { peakDbfs: -20, rmsDbfs: -40, dcOffset: 0, clippedRatio: 0, constant: false },
    ...changes,
  };
}
