import type { Remote, RemoteType } from '@shared/model/remote';
import { REMOTE_OPTIONS, type RemoteOption } from '@shared/model/remote-options';
import type en from '../../app/messages/en.json';

export type FieldName = keyof typeof en.remoteField;

/** Lines of `name = value`: what this page has no field of its own for. */
export const MORE = 'more';
export const MORE_SECRETS = 'more_secrets';
/** The backends of rclone that are not known here have options of their own. */
const OWN_OPTIONS: readonly RemoteOption[] = [
  { name: MORE, required: false, secret: false, kind: 'lines' },
  { name: MORE_SECRETS, required: false, secret: true, kind: 'lines' },
];

/** What a place of a type needs to be told, in the order in which it is asked. */
export function fieldsOf(type: RemoteType): readonly RemoteOption[] {
  return type === 'rclone' ? [...REMOTE_OPTIONS.rclone, ...OWN_OPTIONS] : REMOTE_OPTIONS[type];
}

/** Something that it must be told is in plain sight; the rest of it only few people need. */
export function isSpecial(name: string): boolean {
  return SPECIAL.includes(name);
}
const SPECIAL: readonly string[] = [
  'bearer_token',
  'key_file_pass',
  'root',
  'known_hosts',
  'root_folder_id',
  'team_drive',
];

const EXAMPLES: Readonly<Partial<Record<FieldName, string>>> = {
  url: 'https://cloud.example.org/remote.php/dav/files/station',
  endpoint: 'https://s3.example.org',
  region: 'eu-central-1',
  provider: 'Other',
  host: 'storage.example.org',
  port: '22',
  path: '/media/usb-disk',
  backend: 'ftp',
  more: 'host = storage.example.org',
  more_secrets: 'pass = …',
};

/** What may stand there; empty where no example helps. */
export function exampleOf(name: string): string {
  return EXAMPLES[name as FieldName] ?? '';
}

/** Where it is, in a few words, without anything secret. */
export function placeOf({ type, options }: Pick<Remote, 'type' | 'options'>): string {
  const joined = (sign: string, ...parts: (string | undefined)[]): string =>
    parts.filter((part) => (part ?? '') !== '').join(sign);
  switch (type) {
    case 'webdav':
      return options.url ?? '';
    case 's3':
      return joined(' · ', options.endpoint, options.bucket);
    case 'sftp':
      return joined('@', options.user, options.host);
    case 'local':
      return options.path ?? '';
    case 'rclone':
      return joined(' · ', options.backend, options.host);
    case 'drive':
    case 'onedrive':
      return '';
  }
}

/** Whether it is let in by a token that is made in a browser. */
export function isAuthorised(type: RemoteType): type is 'drive' | 'onedrive' {
  return type === 'drive' || type === 'onedrive';
}
