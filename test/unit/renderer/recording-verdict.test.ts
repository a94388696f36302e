import type { RecorderStatus } from '@shared/model/recorder';
import type { StationSnapshot } from '@shared/model/station';
import { describe, expect, test } from 'vitest';
import { RECORDING_COLOURS } from '../../../renderer/app/recording-colours';
import { microphoneVerdict, stationVerdict } from '../../../renderer/app/recording-verdict';
import { recorderCause } from '../../../renderer/components/recorder-explanation';

const AT = '2026-07-01T12:00:10.000Z';

function recorder(changes: Partial<RecorderStatus> = {}): RecorderStatus {
  return {
    device: 'a',
    displayName: 'A',
    kind: 'usb',
    profileSlug: 'generic_usb',
    sampleRateHz: 48_000,
    channels: 1,
    format: 'S16LE',
    desired: true,
    desiredReason: 'should_record',
    state: 'recording',
    runId: 'a1b2c3d4',
    runStartedAt: AT,
    lastAudioAt: '2026-07-01T12:00:09.000Z',
    lastSegmentAt: null,
    segmentsPromoted: 0,
    segmentsRefused: 0,
    recordedS: 0,
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
    clockSynced: null,
    signal: null,
    ...changes,
  };
}
const stopped = recorder({ desired: false, desiredReason: 'stopped_by_user', state: 'idle' });
const pending = recorder({ desired: false, desiredReason: 'pending_enrollment', state: 'idle' });
const offline = recorder({ desired: false, desiredReason: 'offline', state: 'idle' });
const asleep = recorder({
  desired: false,
  desiredReason: 'outside_schedule',
  state: 'idle',
  nextChangeAt: '2026-07-01T20:14:00.000Z',
});
const paused = recorder({
  desired: false,
  desiredReason: 'paused',
  state: 'idle',
  pausedUntil: '2026-07-01T18:30:00.000Z',
});
const diskless = recorder({ desired: false, desiredReason: 'data_disk_missing', state: 'idle' });
const silent = recorder({ lastAudioAt: '2026-07-01T12:00:04.000Z' });

describe('one microphone', () => {
  test('records only while audio was seen growing within five seconds', () => {
    expect(
      microphoneVerdict(recorder({ lastAudioAt: '2026-07-01T12:00:05.000Z' }), AT, false),
    ).toBe('recording');
    expect(microphoneVerdict(silent, AT, false)).toBe('doubtful');
    expect(microphoneVerdict(recorder({ lastAudioAt: null }), AT, false)).toBe('doubtful');
  });

  test('is unknown, whatever it said, when the data is old', () => {
    expect(microphoneVerdict(recorder(), AT, true)).toBe('unknown');
  });

  test.each([
    ['starting', 'starting'],
    ['stalled', 'doubtful'],
    ['stopping', 'not_recording'],
    ['waiting', 'not_recording'],
    ['idle', 'not_recording'],
  ] as const)('that is %s reads %s', (state, verdict) => {
    expect(microphoneVerdict(recorder({ state }), AT, false)).toBe(verdict);
  });

  test('explains itself by why it should not record, else by its error, else by its state', () => {
    expect(recorderCause(offline)).toEqual({ kind: 'desired', reason: 'offline' });
    const error = { code: 'DEVICE_BUSY', detail: '', at: AT } as const;
    expect(recorderCause(recorder({ state: 'waiting', lastError: error }))).toEqual({
      kind: 'error',
      code: 'DEVICE_BUSY',
    });
    expect(recorderCause(recorder({ state: 'stalled', lastError: error }))).toEqual({
      kind: 'state',
      state: 'stalled',
    });
  });
});

describe('the station', () => {
  const verdict = (
    recorders: RecorderStatus[],
    running = true,
    disk: StationSnapshot['dataDisk']['state'] = 'ok',
  ) =>
    stationVerdict({
      at: AT,
      recorders,
      dataDisk: { state: disk, detail: '' },
      station: { running } as Parameters<typeof stationVerdict>[0]['station'],
    });

  test('records when every microphone that should does', () => {
    expect(verdict([recorder(), recorder(), stopped, pending])).toEqual({
      kind: 'recording',
      recording: 2,
      wanted: 2,
    });
  });

  test('records in part when one of them does not, whether failing or unplugged', () => {
    expect(verdict([recorder(), silent])).toEqual({ kind: 'partly', recording: 1, wanted: 2 });
    expect(verdict([recorder(), offline])).toEqual({ kind: 'partly', recording: 1, wanted: 2 });
  });

  test('counts one that is just being stopped while its audio still grows', () => {
    const winding = recorder({ desired: false, desiredReason: 'stopped_by_user' });
    expect(verdict([winding])).toEqual({ kind: 'recording', recording: 1, wanted: 1 });
  });

  test.each([
    ['nothing is connected', [], 'no_microphone'],
    ['all were stopped', [stopped], 'all_stopped'],
    ['all wait for a person', [pending], 'all_waiting'],
    ['one that should record does not', [silent, stopped], 'microphones'],
  ] as const)('does not record because %s', (_name, recorders, because) => {
    expect(verdict([...recorders])).toMatchObject({ kind: 'not_recording', because });
  });

  test('rests while all that could record have a schedule or a pause against it, and says until when', () => {
    expect(microphoneVerdict(asleep, AT, false)).toBe('resting');
    expect(verdict([asleep, stopped])).toMatchObject({
      kind: 'resting',
      because: 'outside_schedule',
      until: '2026-07-01T20:14:00.000Z',
    });
    expect(verdict([paused])).toMatchObject({ kind: 'resting', because: 'all_paused' });
    expect(verdict([asleep, paused])).toMatchObject({
      because: 'outside_schedule',
      until: '2026-07-01T18:30:00.000Z',
    });
  });

  test('does not count a resting microphone against one that records, nor for one that fails', () => {
    expect(verdict([recorder(), asleep])).toEqual({ kind: 'recording', recording: 1, wanted: 1 });
    expect(verdict([silent, asleep])).toMatchObject({
      kind: 'not_recording',
      because: 'microphones',
    });
  });

  test('blames the data disk when there is none to write to', () => {
    expect(verdict([diskless, diskless], true, 'missing')).toMatchObject({
      kind: 'not_recording',
      wanted: 2,
      because: 'data_disk',
    });
    // Nobody wants to record: the disk is not why.
    expect(verdict([stopped], true, 'missing')).toMatchObject({ because: 'all_stopped' });
    // What still records is not denied.
    expect(verdict([recorder()], true, 'full')).toMatchObject({ kind: 'recording' });
  });

  test('does not record when it does not run, whatever its folder says', () => {
    expect(verdict([recorder()], false)).toMatchObject({
      kind: 'not_recording',
      because: 'console_stopped',
    });
  });
});

describe('the colours of the recording state', () => {
  const luminance = (hex: string): number => {
    const channel = (at: number): number => {
      const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  };
  test.each(Object.entries(RECORDING_COLOURS))(
    '%s has a contrast of 7 : 1',
    (_name, { background, text }) => {
      const [dark, light] = [luminance(background), luminance(text)].sort((a, b) => a - b) as [
        number,
        number,
      ];
      expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(7);
    },
  );
});
