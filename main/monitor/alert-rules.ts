import type { Alert } from '@shared/model/station';

export interface AlertRule {
  readonly level: Alert['level'];
  /** The condition must hold for so long before it is told. */
  readonly holdMs: number;
  /** And be gone for so long before the alert is cleared. */
  readonly releaseMs: number;
}

/** Every alert that rests on a condition which is judged again and again. */
export const ALERT_RULES = {
  'recorder.not_recording': { level: 'critical', holdMs: 30_000, releaseMs: 5_000 },
  'recorder.failing': { level: 'critical', holdMs: 0, releaseMs: 10_000 },
  'recorder.stalled': { level: 'warning', holdMs: 10_000, releaseMs: 5_000 },
  'recorder.busy': { level: 'critical', holdMs: 5_000, releaseMs: 5_000 },
  'recorder.no_permission': { level: 'critical', holdMs: 5_000, releaseMs: 5_000 },
  'recorder.refused': { level: 'critical', holdMs: 5_000, releaseMs: 5_000 },
  'recorder.silent': { level: 'warning', holdMs: 15_000, releaseMs: 15_000 },
  'recorder.clipping': { level: 'warning', holdMs: 15_000, releaseMs: 60_000 },
  'recorder.dc_offset': { level: 'warning', holdMs: 15_000, releaseMs: 60_000 },
  'recorder.losing_sound': { level: 'warning', holdMs: 0, releaseMs: 0 },
  'recorder.limit': { level: 'warning', holdMs: 5_000, releaseMs: 5_000 },
  'segment.refused': { level: 'warning', holdMs: 0, releaseMs: 0 },
  'device.offline': { level: 'critical', holdMs: 0, releaseMs: 10_000 },
  'device.ambiguous': { level: 'warning', holdMs: 0, releaseMs: 10_000 },
  'device.pending': { level: 'info', holdMs: 0, releaseMs: 0 },
  'device.flapping': { level: 'warning', holdMs: 0, releaseMs: 0 },
  'data_disk.missing': { level: 'critical', holdMs: 0, releaseMs: 5_000 },
  'data_disk.read_only': { level: 'critical', holdMs: 0, releaseMs: 5_000 },
  'data_disk.full': { level: 'critical', holdMs: 0, releaseMs: 5_000 },
  'data_disk.no_inodes': { level: 'critical', holdMs: 0, releaseMs: 5_000 },
  'data_disk.failed': { level: 'critical', holdMs: 0, releaseMs: 5_000 },
  'clock.unsynced': { level: 'warning', holdMs: 300_000, releaseMs: 0 },
  'clock.unknown': { level: 'info', holdMs: 300_000, releaseMs: 0 },
  'clock.stepped': { level: 'info', holdMs: 0, releaseMs: 0 },
  'schedule.position_missing': { level: 'warning', holdMs: 0, releaseMs: 0 },
  'ffmpeg.missing': { level: 'critical', holdMs: 0, releaseMs: 0 },
  'service.failed': { level: 'critical', holdMs: 5_000, releaseMs: 5_000 },
} as const satisfies Readonly<Record<string, AlertRule>>;

export type AlertCode = keyof typeof ALERT_RULES;

export function isJudgedCode(code: string): code is AlertCode {
  return Object.hasOwn(ALERT_RULES, code);
}

/** Something is wrong at this moment. */
export interface Condition {
  readonly code: AlertCode;
  /** What it is about, e.g. a device; '' = the station. */
  readonly subject: string;
  /** One English sentence with its figures. */
  readonly evidence: string;
}
