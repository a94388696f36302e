/** The alert codes that have their own words (message keys below `alert.`). */
export const ALERT_CODES = [
  'database.restored',
  'database.rebuilt',
  'database.backup_failed',
  'disk.low',
  'disk.full',
  'disk.unreadable',
  'recorder.failing',
  'recorder.stalled',
  'recorder.limit',
  'device.offline',
  'device.pending',
  'device.ambiguous',
  'segment.refused',
  'clock.unsynced',
  'clock.stepped',
  'setting.invalid',
  'profile.invalid',
  'ffmpeg.missing',
  'vault.unavailable',
  'control.unreachable',
] as const;
export type AlertCode = (typeof ALERT_CODES)[number];

/** The message key of an alert; a code of a newer station is shown by its name rather than hidden. */
export function alertKey(code: string): AlertCode | 'other' {
  return (ALERT_CODES as readonly string[]).includes(code) ? (code as AlertCode) : 'other';
}
