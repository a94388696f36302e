import type { RemoteType } from './remote';

/** One thing that a remote must be told, or may be; named as rclone names it. */
export interface RemoteOption {
  readonly name: string;
  readonly required: boolean;
  /** Goes into the vault, and never comes back. */
  readonly secret: boolean;
  /** How a person gives it. `token`: what `rclone authorize` prints. */
  readonly kind: 'text' | 'url' | 'port' | 'path' | 'password' | 'lines' | 'token' | 'choice';
  /** Of `choice`: the first is what it is without a word. */
  readonly choices?: readonly string[];
}

const option = (
  name: string,
  kind: RemoteOption['kind'],
  wish: 'required' | 'optional' = 'optional',
): RemoteOption => ({
  name,
  required: wish === 'required',
  secret: kind === 'password' || kind === 'token' || kind === 'lines',
  kind,
});

/** The options of each type, in the order in which a person is asked. Of `rclone` these are only the beginning. */
export const REMOTE_OPTIONS: Readonly<Record<RemoteType, readonly RemoteOption[]>> = {
  webdav: [
    option('url', 'url', 'required'),
    {
      ...option('vendor', 'choice'),
      choices: ['auto', 'nextcloud', 'owncloud', 'sharepoint', 'rclone', 'other'],
    },
    option('user', 'text'),
    option('pass', 'password'),
    option('bearer_token', 'password'),
  ],
  s3: [
    option('bucket', 'text', 'required'),
    option('endpoint', 'url'),
    option('region', 'text'),
    option('provider', 'text'),
    option('access_key_id', 'text', 'required'),
    option('secret_access_key', 'password', 'required'),
  ],
  sftp: [
    option('host', 'text', 'required'),
    option('port', 'port'),
    option('user', 'text', 'required'),
    option('pass', 'password'),
    option('key_pem', 'lines'),
    option('key_file_pass', 'password'),
    option('root', 'path'),
    option('known_hosts', 'path'),
  ],
  drive: [
    option('token', 'token', 'required'),
    option('client_id', 'text'),
    option('client_secret', 'password'),
    option('root_folder_id', 'text'),
    option('team_drive', 'text'),
  ],
  onedrive: [
    option('token', 'token', 'required'),
    option('drive_id', 'text', 'required'),
    {
      ...option('drive_type', 'choice', 'required'),
      choices: ['personal', 'business', 'documentLibrary'],
    },
    option('client_id', 'text'),
    option('client_secret', 'password'),
  ],
  local: [
    option('path', 'path', 'required'),
    // `yes`: nothing is written there, on the station's own disk, while another one is not plugged in.
    { ...option('mounted', 'choice'), choices: ['no', 'yes'] },
  ],
  rclone: [option('backend', 'text', 'required')],
};

/** Of a backend that is not known here: what sounds like a secret is one. */
const SOUNDS_SECRET = /pass|secret|token|key(?!_id)|credential|pem|auth/;

/** Is the option's value kept in the vault alone? */
export function isSecretOption(type: RemoteType, name: string): boolean {
  const known = REMOTE_OPTIONS[type].find((each) => each.name === name);
  return known?.secret ?? (type === 'rclone' && SOUNDS_SECRET.test(name));
}
