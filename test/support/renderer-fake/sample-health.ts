import type { WorkerStatus } from '@shared/model/analysis';
import type { DatabaseStatus } from '@shared/model/database';
import type { AuditReport, AuditStatus, Finding, IntegrityStatus } from '@shared/model/integrity';

const iso = (agoS: number): string => new Date(Date.now() - agoS * 1000).toISOString();
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const PATH =
  'recorder/ultramic-384-evo/data/raw/2026-11-20T21-14-10.000Z_10s_4f2a91c0_00000512.wav';

export const SAMPLE_REPORT: AuditReport = {
  refused: null,
  rows: 5200,
  markedMissing: 0,
  healed: 2,
  registered: 14,
};
export const PAUSED = {
  state: 'paused',
  detail: 'Somebody paused it.',
  paused: { by: 'page', at: iso(60) },
} as const;

/** `filled`: things are wrong; `empty`: nothing was done yet; else all is well. */
export function sampleIntegrity(scene: string): IntegrityStatus {
  const isBad = scene === 'filled';
  const isEmpty = scene === 'empty';
  return {
    state: isEmpty ? 'done' : 'running',
    paused: null,
    total: isEmpty ? 0 : 1_284_311,
    verified: isEmpty ? 0 : 903_240,
    corrupt: isBad ? 2 : 0,
    missing: 0,
    unreadable: isBad ? 1 : 0,
    detail: isEmpty ? 'Nothing is due.' : '',
    roundSince: isEmpty ? null : iso(12 * 86_400),
    wholeAt: isEmpty ? null : iso(31 * 86_400),
    bytesPerS: isEmpty ? 0 : 5e6,
    current: isEmpty ? null : PATH,
  };
}

export function sampleFindings(scene: string): Finding[] {
  if (scene !== 'filled') return [];
  return (['corrupt', 'corrupt', 'unreadable'] as const).map((result, index) => ({
    recordingId: 4995 - index,
    device: 'ultramic-384-evo',
    time: iso(86_400 * (index + 1)),
    result,
    path: PATH.replace('512', String(512 + index)),
    at: iso(3600 * (index + 1)),
    expected: result === 'corrupt' ? HASH : null,
    found: result === 'corrupt' ? HASH.replaceAll('9', 'e') : null,
    detail:
      result === 'corrupt' ? 'The bytes are not those that were recorded.' : 'EIO: i/o error, read',
  }));
}

export function sampleAudit(scene: string): AuditStatus {
  if (scene === 'empty') return { running: false, problem: null, last: null };
  const refused =
    'Of 5200 recordings 4711 would be marked as missing: more than half. Is the right disk mounted?';
  const report = scene === 'filled' ? { ...SAMPLE_REPORT, refused } : SAMPLE_REPORT;
  return { running: false, problem: null, last: { at: iso(7200), report } };
}

export function sampleDatabase(scene: string): DatabaseStatus {
  const isEmpty = scene === 'empty';
  return {
    sizeBytes: 2_140_000_000,
    logBytes: 1_200_000,
    freeBytes: 4_000_000,
    backups: isEmpty
      ? []
      : [9, 33, 57].map((hours) => ({
          name: `station_${iso(hours * 3600).replaceAll(':', '-')}_scheduled.db`,
          at: iso(hours * 3600),
          why: 'scheduled',
          sizeBytes: 2_130_000_000,
        })),
    backingUp: false,
    backupProblem: null,
    lastCheck: isEmpty ? null : { at: iso(32_000), damage: null },
    slow: scene === 'filled' ? { statements: 3, longestMs: 240 } : { statements: 0, longestMs: 0 },
    restored:
      scene === 'filled'
        ? {
            at: iso(8000),
            reason: 'database disk image is malformed',
            from: 'station_2026-11-20T03-00-00.000Z_scheduled.db',
          }
        : null,
  };
}

export function sampleWorkers(scene: string): WorkerStatus[] {
  const isBad = scene === 'filled';
  const worker = (name: string, more: Partial<WorkerStatus> = {}): WorkerStatus => ({
    name,
    version: '2',
    enabled: true,
    state: 'idle',
    backlog: 0,
    done: 4200,
    failed: 0,
    lastError: null,
    ...more,
  });
  return [
    worker('peaks', { state: 'working', backlog: 18_233 }),
    worker('spectrogram'),
    worker('custom', {
      enabled: isBad,
      state: isBad ? 'failing' : 'off',
      done: 0,
      failed: isBad ? 17 : 0,
      lastError: isBad
        ? {
            at: iso(900),
            recordingId: 4995,
            detail: 'birdnet: exit code 1\nNo module named tflite',
          }
        : null,
    }),
  ];
}
