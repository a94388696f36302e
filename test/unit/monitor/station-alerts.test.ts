import { describe, expect, it } from 'vitest';
import type { CaptureErrorCode, RecorderStatus } from '@shared/model/recorder';
import { ALERT_RULES } from '@main/monitor/alert-rules';
import { conditionsOf, type StationFacts } from '@main/monitor/station-alerts';
import { sampleDevice } from '../../support/sample-device';
import { sampleRecorder } from '../../support/sample-recorder';

const WELL: StationFacts = {
  recorders: [sampleRecorder()],
  devices: [sampleDevice()],
  dataDisk: { state: 'ok', detail: '' },
  clockSynced: true,
  clockStep: null,
  positionKnown: true,
  ffmpegProblem: null,
  services: [{ name: 'indexer', state: 'ok', details: '', counters: {} }],
  recentLoss: new Map(),
  recentFlaps: new Map(),
};

const recorder = (changes: Partial<RecorderStatus>): Partial<StationFacts> => ({
  recorders: [sampleRecorder(changes)],
});
const failed = (code: CaptureErrorCode, detail = 'words'): Partial<RecorderStatus> => ({
  state: 'waiting',
  lastError: { code, detail, at: '2026-05-01T12:00:00.000Z' },
});
const signal = (
  changes: Partial<NonNullable<RecorderStatus['signal']>>,
): Partial<RecorderStatus> => ({
  signal: { peakDbfs: 0, rmsDbfs: -3, dcOffset: 0, clippedRatio: 0, constant: false, ...changes },
});
const device = (changes: Parameters<typeof sampleDevice>[0]): Partial<StationFacts> => ({
  devices: [sampleDevice(changes)],
});
const service = (
  name: string,
  state: 'ok' | 'degraded' | 'failed',
  details = '',
): Partial<StationFacts> => ({ services: [{ name, state, details, counters: {} }] });
const lost = (lostS: number, overruns: number, refusedSegments = 0): Partial<StationFacts> => ({
  recentLoss: new Map([['mic-1', { lostS, overruns, refusedSegments }]]),
});
const sun = {
  kind: 'sun' as const,
  windows: [
    {
      from: { event: 'dusk' as const, offsetMinutes: 0 },
      to: { event: 'dawn' as const, offsetMinutes: 0 },
    },
  ],
};
const rests = { desired: false, state: 'idle' } as const;

/** What is the case; which alerts that means; what the evidence of the last one holds. */
const CASES: readonly [string, Partial<StationFacts>, string[], RegExp?][] = [
  ['all is well', {}, []],
  [
    'what imports are of is not there, though somebody switched it on once',
    device({ kind: 'imported', presence: 'offline', enabled: true }),
    [],
  ],
  // recorders
  [
    'a recorder should record and does not',
    recorder({ state: 'starting' }),
    ['recorder.not_recording'],
    /^Mic 1 should record and has not for 30 s \(starting, last sound 2026-05-01T12:00:00\.000Z\)\.$/,
  ],
  [
    'it never has',
    recorder({ ...failed('EXITED_UNASKED'), lastAudioAt: null }),
    ['recorder.not_recording'],
    /\(waiting, no sound yet\)\. EXITED_UNASKED: words$/,
  ],
  ['a recorder rests', recorder({ ...rests, desiredReason: 'stopped_by_user' }), []],
  ['a recorder is paused', recorder({ ...rests, desiredReason: 'paused' }), []],
  [
    'a recorder rests after a failure',
    recorder({ ...rests, ...failed('DEVICE_BUSY'), state: 'idle', desiredReason: 'offline' }),
    [],
  ],
  [
    'it fails again and again',
    recorder({ ...failed('EXITED_UNASKED'), failing: true, restarts: 7 }),
    ['recorder.not_recording', 'recorder.failing'],
    /7 restarts.*once a minute\. EXITED_UNASKED: words$/,
  ],
  [
    'it records again and is still being watched',
    recorder({ failing: true, restarts: 7 }),
    ['recorder.failing'],
  ],
  ['it was stopped after failures', recorder({ ...rests, failing: true }), []],
  [
    'it is stalled',
    recorder({ state: 'stalled' }),
    ['recorder.not_recording', 'recorder.stalled'],
    /no sound grows since 2026-05-01T12:00:00\.000Z\.$/,
  ],
  [
    'another program holds its microphone',
    recorder(failed('DEVICE_BUSY', 'used by pipewire (pid 812)')),
    ['recorder.not_recording', 'recorder.busy'],
    /used by pipewire \(pid 812\)$/,
  ],
  [
    'it was held and records by now',
    recorder({ ...failed('DEVICE_BUSY'), state: 'recording' }),
    [],
  ],
  [
    'it may not be opened',
    recorder(failed('PERMISSION_DENIED')),
    ['recorder.not_recording', 'recorder.no_permission'],
  ],
  ...(['RATE_NOT_OFFERED', 'CHANNELS_NOT_OFFERED', 'FORMAT_NOT_OFFERED'] as const).map(
    (code): [string, Partial<StationFacts>, string[], RegExp] => [
      `its microphone says ${code}`,
      recorder(failed(code)),
      ['recorder.not_recording', 'recorder.refused'],
      new RegExp(`${code}: words$`),
    ],
  ),
  ['a channel does not move', recorder(signal({ constant: true })), ['recorder.silent']],
  [
    'it clips',
    recorder(signal({ clippedRatio: 0.0011 })),
    ['recorder.clipping'],
    /^0\.11 % of the frames/,
  ],
  ['it touches full scale', recorder(signal({ clippedRatio: 0.001 })), []],
  [
    'it is off centre',
    recorder(signal({ dcOffset: -0.051 })),
    ['recorder.dc_offset'],
    /off centre by -5\.1 %\.$/,
  ],
  ['it is hardly off centre', recorder(signal({ dcOffset: 0.05 })), []],
  [
    'it rests after a bad segment',
    recorder({ ...rests, ...signal({ constant: true, clippedRatio: 1, dcOffset: 1 }) }),
    [],
  ],
  ['nothing was measured yet', recorder({ signal: null }), []],
  [
    'it loses sound',
    lost(0.35, 2),
    ['recorder.losing_sound'],
    /lost 0\.350 s of sound and had 2 overruns within ten minutes\.$/,
  ],
  ['it had an overrun that cost nothing', lost(0, 1), ['recorder.losing_sound']],
  [
    'segments went into quarantine',
    lost(0, 0, 3),
    ['segment.refused'],
    /^3 segments of Mic 1 were put into quarantine/,
  ],
  [
    'it finds no place among the recorders',
    recorder({ ...rests, desiredReason: 'recorder_limit' }),
    ['recorder.limit'],
  ],
  // devices
  [
    'a microphone is unplugged',
    device({ presence: 'offline' }),
    ['device.offline'],
    /unplugged since 2026-05-01T12:00:00\.000Z\.$/,
  ],
  ['an unplugged one is switched off', device({ presence: 'offline', enabled: false }), []],
  ['an unplugged one waits', device({ presence: 'offline', enrollment: 'pending' }), []],
  ['an unplugged one is ignored', device({ presence: 'offline', enrollment: 'ignored' }), []],
  [
    'two claim to be the same',
    device({ ambiguous: true, usbSerial: 'a\nb\u001b[31m' }),
    ['device.ambiguous'],
    /same \(a b \[31m\): Mic 1 is known by its port \(1-1\)/,
  ],
  [
    'twins are unplugged and off',
    device({ ambiguous: true, presence: 'offline', enabled: false }),
    [],
  ],
  ['one waits for a person', device({ enrollment: 'pending' }), ['device.pending'], /\(fallback\)/],
  ['one is ignored', device({ enrollment: 'ignored', ambiguous: true }), []],
  [
    'one has a bad cable',
    { recentFlaps: new Map([['mic-1', 3]]) },
    ['device.flapping'],
    /3 times within ten minutes/,
  ],
  ['one went away twice', { recentFlaps: new Map([['mic-1', 2]]) }, []],
  [
    'one follows the sun and nobody knows where',
    { ...device({ schedule: sun }), positionKnown: false },
    ['schedule.position_missing'],
  ],
  ['one follows the sun', device({ schedule: sun }), []],
  ['nobody knows where, and nobody asks', { positionKnown: false }, []],
  [
    'one that is off follows the sun',
    { ...device({ schedule: sun, enabled: false }), positionKnown: false },
    [],
  ],
  // the machine
  ...(['missing', 'read_only', 'full', 'no_inodes', 'failed'] as const).map(
    (state): [string, Partial<StationFacts>, string[], RegExp] => [
      `the data disk is ${state}`,
      { dataDisk: { state, detail: 'its words' } },
      [`data_disk.${state}`],
      /^its words$/,
    ],
  ),
  ['the clock is not synchronised', { clockSynced: false }, ['clock.unsynced']],
  ['nobody tells whether it is', { clockSynced: null }, ['clock.unknown'], /nobody vouches/],
  [
    'the clock was set',
    { clockStep: { stepMs: -3_600_000, at: '2026-05-01T12:00:00.000Z' } },
    ['clock.stepped'],
    /set by -3600\.0 s, to 2026-05-01T12:00:00\.000Z/,
  ],
  [
    'there is no ffmpeg',
    { ffmpegProblem: 'no ffmpeg', ...service('recorder', 'failed', 'no ffmpeg') },
    ['ffmpeg.missing'],
    /^no ffmpeg$/,
  ],
  [
    'a service has failed',
    service('indexer', 'failed', 'out of luck'),
    ['service.failed'],
    /^out of luck$/,
  ],
  [
    'a service has failed without a word',
    service('x', 'failed'),
    ['service.failed'],
    /"x" has failed/,
  ],
  ['a service limps', service('indexer', 'degraded', 'slow'), []],
];

describe('what is wrong with the station when', () => {
  it.each(CASES)('%s', (_what, facts, codes, evidence) => {
    const conditions = conditionsOf({ ...WELL, ...facts });
    expect(conditions.map(({ code }) => code)).toEqual(codes);
    if (evidence !== undefined) expect(conditions.at(-1)?.evidence).toMatch(evidence);
    for (const condition of conditions) expect(condition.evidence).not.toMatch(/\n|undefined|null/);
  });

  it('covers every rule', () => {
    const told = new Set(CASES.flatMap(([, , codes]) => codes));
    expect([...told].sort()).toEqual(Object.keys(ALERT_RULES).sort());
  });

  it('names the device, or the service, that it is about', () => {
    const facts = {
      ...WELL,
      ...recorder({ state: 'stalled' }),
      ...service('indexer', 'failed'),
      clockSynced: false,
    };
    expect(conditionsOf(facts).map(({ subject }) => subject)).toEqual([
      'mic-1',
      'mic-1',
      '',
      'indexer',
    ]);
  });
});
