import type { RemoteType } from '@shared/model/remote';
import { isSecretOption } from '@shared/model/remote-options';
import { z } from 'zod';
import { webdavVendor, webdavVendorSchema } from './webdav-vendor';

/** A remote as rclone is told of it. */
export interface RcloneRemote {
  /** Its section: the values of `type` and of all others, passwords in clear. */
  readonly section: Readonly<Record<string, string>>;
  /** Where the base path lies: a bucket, a folder; rclone's notation, without the name of the remote. */
  readonly root: string;
}

/** Something in the options of a remote does not fit. `path` names the option or secret. */
export class RemoteOptionsError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'RemoteOptionsError';
    this.path = path;
  }
}

const word = z.string().trim().min(1);
const httpUrl = word.refine((text) => /^https?:$/.test(protocolOf(text)), 'expected http(s)://…');
/** A password in an address would lie in the database. */
const url = httpUrl.refine(
  (text) => !/\/\/[^/]*@/.test(text),
  'user and password are asked by themselves',
);
const host = word.regex(/^[^\s/@]+$/, 'expected the name or address of a machine');
const port = word
  .regex(/^\d{1,5}$/, 'expected a port')
  .refine((text) => Number(text) <= 65_535, 'up to 65535');
const folder = word.startsWith('/', 'expected a folder from the root on, e.g. /media/usb');
const yes = z.enum(['yes', 'no']);

const OPTIONS = {
  webdav: z.strictObject({
    url,
    user: word.optional(),
    vendor: webdavVendorSchema.or(z.literal('auto')).optional(),
  }),
  s3: z.strictObject({
    provider: word.optional(),
    endpoint: url.optional(),
    region: word.optional(),
    bucket: word.regex(/^[^\s/]+$/, 'expected the name of a bucket'),
    access_key_id: word,
  }),
  sftp: z.strictObject({
    host,
    port: port.optional(),
    user: word,
    root: word.optional(),
    known_hosts: folder.optional(),
  }),
  drive: z.strictObject({
    client_id: word.optional(),
    root_folder_id: word.optional(),
    team_drive: word.optional(),
  }),
  onedrive: z.strictObject({
    drive_id: word,
    drive_type: z.enum(['personal', 'business', 'documentLibrary']),
    region: z.enum(['global', 'us', 'de', 'cn']).optional(),
    client_id: word.optional(),
  }),
  /** `mounted`: nothing is written to the station's own disk while another one is not plugged in. */
  local: z.strictObject({ path: folder, mounted: yes.optional() }),
  rclone: z.looseObject({
    backend: word.regex(/^[a-z0-9]+$/, "expected the name of one of rclone's backends"),
    root: word.optional(),
  }),
} as const;

/** One of these must be there. */
const NEEDED_SECRETS: Readonly<Record<RemoteType, readonly string[]>> = {
  webdav: [],
  s3: ['secret_access_key'],
  sftp: ['pass', 'key_pem'],
  drive: ['token'],
  onedrive: ['token'],
  local: [],
  rclone: [],
};

/** Files on this machine that such an option names, and programs that it starts, are not a remote's to choose. */
const NEVER =
  /(?:^|_)(?:command|ssh|file|socket|proxy|path_override)$|^(?:type|remote|remotes|upstreams)$/;
/** Backends that are no place of their own: they stand on others, or on this machine. */
const NO_REMOTE = [
  'alias',
  'cache',
  'chunker',
  'combine',
  'compress',
  'crypt',
  'hasher',
  'local',
  'memory',
  'union',
];

/**
 * @param basePath relative to the root of the remote
 * @param secrets by option name, in clear
 * @throws RemoteOptionsError
 */
export function rcloneRemote(
  type: RemoteType,
  options: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  basePath: string,
): RcloneRemote {
  const base = checkedBasePath(basePath);
  checkSecrets(type, secrets);
  switch (type) {
    case 'webdav': {
      const { url, user, vendor } = parsed('webdav', options);
      const kind = vendor === undefined || vendor === 'auto' ? webdavVendor(url) : vendor;
      return {
        section: {
          type: 'webdav',
          url,
          vendor: kind,
          ...given({ user }),
          // In pieces it wants an address that tells the user's folder.
          ...(kind === 'nextcloud' &&
            !url.includes('/dav/files/') && { nextcloud_chunk_size: '0' }),
          // The others wait for 10 ms between two requests.
          pacer_min_sleep: '1ms',
          ...secrets,
        },
        root: base,
      };
    }
    case 's3': {
      const { bucket, provider = 'Other', ...rest } = parsed('s3', options);
      return {
        section: {
          type: 's3',
          provider,
          ...given(rest),
          // In pieces its hash would be one that we sent along ourselves.
          upload_cutoff: '5G',
          // Where it may not list buckets it may be a good one all the same.
          no_check_bucket: 'true',
          ...(provider === 'Other' && { force_path_style: 'true' }),
          ...secrets,
        },
        // With its end it is a folder: without, S3 is asked first whether it is a file.
        root: `${joined(bucket, base)}/`,
      };
    }
    case 'sftp': {
      const { root = '', known_hosts, ...rest } = parsed('sftp', options);
      const { key_pem, ...others } = secrets;
      return {
        section: {
          type: 'sftp',
          ...given({ ...rest, known_hosts_file: known_hosts }),
          // One line, as rclone wants it.
          ...(key_pem !== undefined && { key_pem: key_pem.trim().replaceAll(/\r?\n/g, '\\n') }),
          ...others,
        },
        root: joined(root, base),
      };
    }
    case 'drive': {
      const rest = parsed('drive', options);
      return { section: { type: 'drive', ...given(rest), ...secrets }, root: base };
    }
    case 'onedrive': {
      const rest = parsed('onedrive', options);
      return { section: { type: 'onedrive', ...given(rest), ...secrets }, root: base };
    }
    case 'local': {
      const { path } = parsed('local', options);
      return { section: { type: 'local' }, root: joined(path, base) };
    }
    case 'rclone': {
      const { backend, root = '', ...rest } = parsed('rclone', options);
      if (NO_REMOTE.includes(backend)) {
        throw new RemoteOptionsError('backend', `"${backend}" is no place of its own`);
      }
      for (const name of [...Object.keys(rest), ...Object.keys(secrets)]) {
        if (!/^[a-z0-9_]+$/.test(name)) throw new RemoteOptionsError(name, 'not a name of rclone');
        if (NEVER.test(name)) {
          throw new RemoteOptionsError(name, 'it would reach into this machine, and is not taken');
        }
      }
      const values = Object.entries(rest).map(([name, value]) => [name, String(value)] as const);
      return {
        section: { type: backend, ...Object.fromEntries(values), ...secrets },
        root: joined(root, base),
      };
    }
  }
}

function parsed<Type extends RemoteType>(
  type: Type,
  options: Readonly<Record<string, string>>,
): z.output<(typeof OPTIONS)[Type]> {
  // What a form leaves empty is not said.
  const said = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value.trim() !== ''),
  );
  const result = OPTIONS[type].safeParse(said);
  if (result.success) return result.data as z.output<(typeof OPTIONS)[Type]>;
  const issue = result.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  throw new RemoteOptionsError(
    unknown ?? issue?.path.join('.') ?? '',
    unknown === undefined ? (issue?.message ?? 'does not fit') : 'there is no such option',
  );
}

function checkSecrets(type: RemoteType, secrets: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(secrets)) {
    if (type === 'rclone' || isSecretOption(type, name)) continue;
    throw new RemoteOptionsError(name, 'there is no such secret');
  }
  const needed = NEEDED_SECRETS[type];
  if (needed.length === 0 || needed.some((name) => secrets[name] !== undefined)) return;
  throw new RemoteOptionsError(needed[0] ?? '', `it needs ${needed.join(' or ')}`);
}

function checkedBasePath(basePath: string): string {
  const parts = basePath.split('/').filter((part) => part !== '');
  for (const part of parts) {
    // eslint-disable-next-line no-control-regex -- what no remote can store, and what climbs out of it
    if (part === '.' || part === '..' || /[\u0000-\u001f\u007f\\]/.test(part)) {
      throw new RemoteOptionsError(
        'basePath',
        'expected the names of folders, with / between them',
      );
    }
  }
  return parts.join('/');
}

function joined(root: string, base: string): string {
  const trimmed = root.length > 1 ? root.replace(/\/+$/, '') : root;
  if (trimmed === '' || base === '') return trimmed + base;
  return trimmed === '/' ? `/${base}` : `${trimmed}/${base}`;
}

function given(options: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}
