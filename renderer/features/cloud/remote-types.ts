import type { RemoteType } from '@shared/model/remote';
import type { TFunction } from 'i18next';

const TYPES: readonly RemoteType[] = [
  'webdav',
  's3',
  'sftp',
  'drive',
  'onedrive',
  'local',
  'rclone',
];

/** What kind of place a remote can be, for a list to choose from. */
export function remoteTypes(t: TFunction): { value: RemoteType; label: string }[] {
  return TYPES.map((value) => ({ value, label: t(`remoteType.${value}`) }));
}
