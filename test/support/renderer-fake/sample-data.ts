import { profileSchema, type ProfileEntry } from '@shared/model/profile';
import type { Device } from '@shared/model/device';
import type { LogRecord } from '@shared/model/log';
import type { RecorderStatus } from '@shared/model/recorder';
import type { Recording } from '@shared/model/recording';
import type { PastAlert, StationSnapshot } from '@shared/model/station';

const iso = (agoS: number): string => new Date(Date.now() - agoS * 1000).toISOString();

export const PROFILES: ProfileEntry[] = [
  ['generic_usb', 'Generic USB microphone', 48_000, 'S16LE'],
  ['ultramic_384_evo', 'Dodotronic Ultramic 384K EVO', 384_000, 'S16LE'],
  ['audiomoth_usb', 'AudioMoth USB', 250_000, 'S16LE'],
  ['focusrite_scarlett', 'Focusrite Scarlett', 192_000, 'S24LE'],
].map(([slug, name, sample_rate, format]) => ({
  profile: profileSchema.parse({ slug, name, audio: { sample_rate, channels: 1, format } }),
  origin: 'seed' as const,
  usedBy: [],
}));

const DEVICE: Device = {
  name: '0869-0389-034F',
  displayName: 'Ultramic 384K EVO',
  kind: 'usb',
  identityBasis: 'serial',
  ambiguous: false,
  usbVendorId: '0869',
  usbProductId: '0389',
  usbSerial: '034F',
  usbBusPath: '1-1.3',
  alsaCardIndex: 1,
  alsaCardId: 'UltraMic',
  alsaName: 'UltraMic 384K EVO 16bit',
  pcm: 'hw:CARD=UltraMic,DEV=0',
  offers: null,
  simulatedSource: null,
  simulatedFile: null,
  presence: 'online',
  flaps: 0,
  enrollment: 'enrolled',
  enabled: true,
  profileSlug: 'ultramic_384_evo',
  schedule: { kind: 'always' },
  pausedUntil: null,
  matchReason: {
    outcome: 'usb_id',
    score: 100,
    candidates: [{ slug: 'ultramic_384_evo', score: 100, evidence: '0869:0389' }],
  },
  workspace: '0869-0389-034f',
  firstSeenAt: iso(86_400 * 12),
  lastSeenAt: iso(1),
};

export const SIMULATED: Device = {
  ...DEVICE,
  name: 'simulated-1',
  displayName: 'North mast (test)',
  kind: 'simulated',
  identityBasis: 'manual',
  usbVendorId: null,
  usbProductId: null,
  usbSerial: null,
  usbBusPath: null,
  alsaCardIndex: null,
  alsaCardId: null,
  alsaName: null,
  pcm: null,
  offers: null,
  simulatedSource: 'sweep',
  profileSlug: 'ultramic_384_evo',
  matchReason: { outcome: 'added', score: 0, candidates: [] },
  workspace: 'simulated-1',
};

export const DEVICES: Device[] = [
  DEVICE,
  SIMULATED,
  {
    ...DEVICE,
    name: '1234-5678-port1-1.2',
    displayName: 'USB PnP Sound Device',
    identityBasis: 'port',
    profileSlug: 'generic_usb',
    matchReason: { outcome: 'fallback', score: 0, candidates: [] },
  },
  {
    ...DEVICE,
    name: '16d0-06f3-port1-1.4',
    displayName: 'AudioMoth USB Microphone',
    enrollment: 'pending',
    profileSlug: 'audiomoth_usb',
    matchReason: {
      outcome: 'alsa_name',
      score: 50,
      candidates: [{ slug: 'audiomoth_usb', score: 50, evidence: 'AudioMoth' }],
    },
  },
  {
    ...DEVICE,
    name: '1235-8211-port1-2',
    displayName: 'Scarlett Solo',
    ambiguous: true,
    presence: 'offline',
    enabled: false,
  },
];

const RECORDER: RecorderStatus = {
  device: DEVICE.name,
  displayName: DEVICE.displayName,
  kind: 'usb',
  profileSlug: 'ultramic_384_evo',
  sampleRateHz: 384_000,
  channels: 1,
  format: 'S16LE',
  desired: true,
  desiredReason: 'should_record',
  state: 'recording',
  runId: 'a1b2c3d4',
  runStartedAt: iso(5400),
  lastAudioAt: iso(0.4),
  lastSegmentAt: iso(14),
  segmentsPromoted: 540,
  segmentsRefused: 0,
  recordedS: 5400,
  segmentDurationS: 10,
  restarts: 0,
  failing: false,
  lastError: null,
  retryAt: null,
  nextChangeAt: null,
  pausedUntil: null,
  adopted: false,
  process: { pid: 4321, nice: 0, oomScoreAdj: 0, ioClass: 'best-effort 4' },
  overruns: 0,
  lostS: 0,
  driftPpm: 12.4,
  clockSynced: true,
  signal: { peakDbfs: -18.2, rmsDbfs: -41.7, dcOffset: 0.0004, clippedRatio: 0, constant: false },
};

export function recorderOf(device: Device): RecorderStatus {
  const own = {
    ...RECORDER,
    device: device.name,
    displayName: device.displayName,
    kind: device.kind,
    profileSlug: device.profileSlug,
    lastAudioAt: iso(0.4),
    lastSegmentAt: iso(14),
  };
  const off = {
    ...own,
    desired: false,
    state: 'idle' as const,
    runId: null,
    runStartedAt: null,
    lastAudioAt: null,
  };
  if (device.ambiguous) return { ...off, desiredReason: 'ambiguous', lastSegmentAt: null };
  if (device.enrollment === 'pending')
    return { ...off, desiredReason: 'pending_enrollment', lastSegmentAt: null };
  if (device.enrollment === 'ignored') return { ...off, desiredReason: 'ignored' };
  if (device.pausedUntil !== null && Date.parse(device.pausedUntil) > Date.now())
    return { ...off, desiredReason: 'paused', pausedUntil: device.pausedUntil };
  if (device.schedule.kind === 'hours')
    return { ...off, desiredReason: 'outside_schedule', nextChangeAt: iso(-3600 * 3) };
  if (!device.enabled) return { ...off, desiredReason: 'stopped_by_user', lastSegmentAt: iso(720) };
  if (device.displayName.startsWith('USB PnP')) {
    return {
      ...own,
      state: 'waiting',
      sampleRateHz: 48_000,
      channels: 2,
      restarts: 3,
      failing: true,
      overruns: 4,
      lostS: 1.27,
      driftPpm: -38.2,
      clockSynced: false,
      signal: {
        peakDbfs: 0,
        rmsDbfs: -11.3,
        dcOffset: 0.071,
        clippedRatio: 0.0042,
        constant: false,
      },
      segmentsRefused: 1,
      lastSegmentAt: iso(240),
      lastAudioAt: iso(230),
      lastError: {
        code: 'DEVICE_BUSY',
        detail: 'hw:CARD=Device,DEV=0: Device or resource busy (used by pipewire, pid 812)',
        at: iso(6),
      },
      retryAt: iso(-24),
    };
  }
  return own;
}

export const RECORDINGS_TOTAL = 1_284_331;

export function recording(id: number, timeMs: number): Recording {
  const device = id % 3 === 0 ? SIMULATED : DEVICE;
  const name = `${new Date(timeMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z_10s_a1b2c3d4_${String(id).padStart(8, '0')}.wav`;
  const file = {
    frames: 3_840_000,
    channels: 1,
    bitsPerSample: 16,
    sha256: 'c0ffee'.repeat(11).slice(0, 64),
  };
  return {
    id,
    device: device.name,
    time: new Date(timeMs).toISOString(),
    durationS: id % 50 === 0 ? 3.7 : 10,
    runId: 'a1b2c3d4',
    sequence: id,
    raw: {
      ...file,
      path: `recorder/${device.workspace}/data/raw/${name}`,
      sizeBytes: 7_680_044,
      sampleRateHz: 384_000,
    },
    processed: {
      ...file,
      frames: 480_000,
      path: `recorder/${device.workspace}/data/processed/${name}`,
      sizeBytes: 960_044,
      sampleRateHz: 48_000,
      sha256: null,
    },
    simulated: device.kind === 'simulated',
    recovered: id % 50 === 0,
    clockUnsynced: id % 47 === 0,
    retimedAt: id % 31 === 0 ? new Date(timeMs + 3_600_000).toISOString() : null,
    uploaded: false,
    localDeleted: id % 61 === 0,
    missingFile: null,
    indexedAt: new Date(timeMs + 10_050).toISOString(),
    source: 'recorder',
    originalName: null,
    timeSource: null,
    title: null,
    description: null,
    notes: null,
    tags: [],
    protected: false,
    deletedAt: null,
    verifiedAt: null,
    integrity: null,
    detections: 0,
  };
}

export function logRecord(sequence: number): LogRecord {
  const samples = [
    ['info', 'recorder', 'segment.promoted', 'segment promoted'],
    ['info', 'indexer', 'recording.indexed', 'recording indexed in 12 ms'],
    ['debug', 'devices', 'scan.done', 'scan finished'],
    ['warn', 'recorder', 'capture.exited', 'ffmpeg ended by itself: Device or resource busy'],
    [
      'error',
      'database',
      'backup.failed',
      'the backup could not be written: no space left on device',
    ],
  ] as const;
  const [level, service, event, message] =
    samples[sequence % 13 === 0 ? 4 : sequence % 7 === 0 ? 3 : sequence % 3] ?? samples[0];
  return {
    sequence,
    time: new Date().toISOString(),
    level,
    service,
    event,
    message,
    fields: { device: DEVICE.name, run: 'a1b2c3d4', sequence, frames: 3_840_000 },
  };
}

export function snapshot(
  devices: readonly Device[],
  extra: Partial<StationSnapshot['station']> = {},
): StationSnapshot {
  return {
    at: new Date().toISOString(),
    station: {
      name: 'Waldstation Nordhang',
      version: '0.1.0',
      dataDir: '/var/lib/silvasonic',
      running: true,
      shell: 'window',
      demo: false,
      startedAt: iso(5400),
      lastConsole: null,
      uptimeS: 5400,
      timezone: 'Europe/Berlin',
      language: 'en',
      clockSynced: true,
      ...extra,
    },
    recorders: devices.map(recorderOf),
    services: [
      { name: 'database', state: 'ok', details: '', counters: {} },
      { name: 'devices', state: 'ok', details: '', counters: { devices: devices.length } },
      {
        name: 'recorder',
        state: 'degraded',
        details: 'One recorder waits for its next try.',
        counters: {},
      },
      { name: 'indexer', state: 'ok', details: '', counters: { total_indexed: 540 } },
    ],
    dataDisk: { state: 'ok', detail: '' },
    host: {
      cpuPercentPerCore: [12, 31, 8, 22],
      temperatureC: 54.2,
      memoryUsedBytes: 1_420_000_000,
      memoryTotalBytes: 8_240_000_000,
      dataDisk: {
        totalBytes: 512_000_000_000,
        freeBytes: 138_000_000_000,
        usedPercent: 73,
        inodesUsedPercent: 4,
      },
    },
    recordings: { total: RECORDINGS_TOTAL, lastIndexedAt: iso(4) },
    alerts: [],
  };
}

export const PAST_ALERTS: PastAlert[] = [
  ['device.offline', 'critical', 86_400, 847, 'Ultramic 384K EVO', 'Unplugged since 03:04:12.'],
  ['recorder.busy', 'critical', 90_000, 61, 'Ultramic 384K EVO', 'Used by pipewire (pid 812).'],
  ['clock.stepped', 'info', 172_800, 3600, null, 'The clock was set by +106.2 s.'],
  ['data_disk.read_only', 'critical', 260_000, 5400, null, 'EROFS on the probe file.'],
  ['station.from_the_future', 'warning', 300_000, 20, null, 'A code that this page does not know.'],
].map(([code, level, agoS, lastedS, subject, evidence], index) => ({
  id: 1000 - index,
  code: code as string,
  level: level as PastAlert['level'],
  since: iso(agoS as number),
  clearedAt: iso((agoS as number) - (lastedS as number)),
  subject: subject as string | null,
  evidence: evidence as string,
}));

export const ALERTS: StationSnapshot['alerts'] = [
  {
    id: 1002,
    code: 'recorder.failing',
    level: 'critical',
    since: iso(240),
    subject: 'USB PnP Sound Device',
    evidence: '5 quick failures',
  },
  {
    id: 1001,
    code: 'clock.unsynced',
    level: 'warning',
    since: iso(5000),
    subject: null,
    evidence: 'timedatectl: System clock synchronized: no',
  },
];
