/** The alert codes that have their own words (message keys below `alert.`). */
export const ALERT_CODES = [
  'database.damaged',
  'database.restored',
  'database.rebuilt',
  'database.backup_failed',
  'audit.refused',
  'recordings.missing',
  'integrity.corrupt',
  'integrity.unreadable',
  'import.failed',
  'import.waiting',
  'import.incomplete',
  'disk.low',
  'disk.full',
  'disk.unreadable',
  'data_disk.missing',
  'data_disk.read_only',
  'data_disk.full',
  'data_disk.no_inodes',
  'data_disk.failed',
  'data_disk.swapped',
  'recorder.not_recording',
  'recorder.failing',
  'recorder.stalled',
  'recorder.busy',
  'recorder.no_permission',
  'recorder.refused',
  'recorder.silent',
  'recorder.clipping',
  'recorder.dc_offset',
  'recorder.losing_sound',
  'recorder.limit',
  'device.offline',
  'device.pending',
  'device.ambiguous',
  'device.flapping',
  'schedule.position_missing',
  'segment.refused',
  'clock.unsynced',
  'clock.unknown',
  'clock.stepped',
  'analysis.failing',
  'cloud.unreachable',
  'cloud.refused',
  'cloud.full',
  'cloud.clock',
  'cloud.copies_missing',
  'janitor.unsaved_deleted',
  'janitor.protected_deleted',
  'janitor.without_remote',
  'janitor.held',
  'janitor.exhausted',
  'janitor.blind',
  'janitor.stuck',
  'storage.loss_foreseen',
  'service.failed',
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

/** Where an alert can be cured, by the code's first word; null where no page of the console can. */
const CURED_AT: Readonly<Record<string, { readonly page: AlertPage; readonly path: string }>> = {
  recorder: { page: 'recorders', path: '/recorders' },
  device: { page: 'recorders', path: '/recorders' },
  segment: { page: 'logs', path: '/logs' },
  service: { page: 'logs', path: '/logs' },
  analysis: { page: 'logs', path: '/logs' },
  ffmpeg: { page: 'logs', path: '/logs' },
  database: { page: 'logs', path: '/logs' },
  data_disk: { page: 'logs', path: '/logs' },
  audit: { page: 'logs', path: '/logs' },
  recordings: { page: 'recordings', path: '/recordings' },
  integrity: { page: 'recordings', path: '/recordings' },
  import: { page: 'recordings', path: '/recordings' },
  disk: { page: 'storage', path: '/storage' },
  storage: { page: 'storage', path: '/storage' },
  janitor: { page: 'storage', path: '/storage' },
  cloud: { page: 'cloud', path: '/cloud' },
  schedule: { page: 'settings', path: '/settings/general' },
  setting: { page: 'settings', path: '/settings/general' },
  profile: { page: 'logs', path: '/logs' },
  vault: { page: 'settings', path: '/settings/credentials' },
};
export type AlertPage = 'recorders' | 'recordings' | 'storage' | 'cloud' | 'logs' | 'settings';

/** The page where an alert can be cured, or at least looked into; null for none. */
export function alertCure(
  code: string,
): { readonly page: AlertPage; readonly path: string } | null {
  if (code === 'database.rebuilt') return { page: 'settings', path: '/settings/general' };
  // The limit is a setting; everything else of a recorder is on its card.
  if (code === 'recorder.limit') return { page: 'settings', path: '/settings/general' };
  const area = code.split('.', 1)[0] ?? '';
  return Object.hasOwn(CURED_AT, area) ? (CURED_AT[area] ?? null) : null;
}
