import { rcloneRemote, RemoteOptionsError } from '@main/cloud/rclone/options';
import { REMOTE_OPTIONS } from '@shared/model/remote-options';
import { remoteTypeSchema, type RemoteType } from '@shared/model/remote';
import { expect, test } from 'vitest';

type Said = Readonly<Record<string, string>>;

test.each<[string, RemoteType, Said, Said, string, { section: Said; root: string }]>([
  [
    'a Nextcloud by its address, without pieces where that does not name the user',
    'webdav',
    { url: 'https://cloud.example.org/remote.php/webdav/', user: 'station', vendor: 'auto' },
    { pass: 'p' },
    'silvasonic',
    {
      section: {
        type: 'webdav',
        url: 'https://cloud.example.org/remote.php/webdav/',
        vendor: 'nextcloud',
        user: 'station',
        nextcloud_chunk_size: '0',
        pacer_min_sleep: '1ms',
        pass: 'p',
      },
      root: 'silvasonic',
    },
  ],
  [
    'a Nextcloud by the address of the user',
    'webdav',
    { url: 'https://cloud.example.org/remote.php/dav/files/station', user: 'station' },
    { pass: 'p' },
    '',
    {
      section: {
        type: 'webdav',
        url: 'https://cloud.example.org/remote.php/dav/files/station',
        vendor: 'nextcloud',
        user: 'station',
        pacer_min_sleep: '1ms',
        pass: 'p',
      },
      root: '',
    },
  ],
  [
    'an S3 bucket',
    's3',
    { bucket: 'sounds', access_key_id: 'K', endpoint: 'https://s3.example.org', region: '' },
    { secret_access_key: 'S' },
    '/a//b/',
    {
      section: {
        type: 's3',
        provider: 'Other',
        endpoint: 'https://s3.example.org',
        access_key_id: 'K',
        upload_cutoff: '5G',
        no_check_bucket: 'true',
        force_path_style: 'true',
        secret_access_key: 'S',
      },
      root: 'sounds/a/b/',
    },
  ],
  [
    'an SFTP account with a key, whose lines become one',
    'sftp',
    { host: 'nas.local', port: '2222', user: 'u', root: '/data/', known_hosts: '/etc/hosts.known' },
    { key_pem: '-----BEGIN-----\nabc\n-----END-----\n' },
    'silvasonic',
    {
      section: {
        type: 'sftp',
        host: 'nas.local',
        port: '2222',
        user: 'u',
        known_hosts_file: '/etc/hosts.known',
        key_pem: '-----BEGIN-----\\nabc\\n-----END-----',
      },
      root: '/data/silvasonic',
    },
  ],
  [
    'a Google Drive',
    'drive',
    { root_folder_id: 'R' },
    { token: '{}' },
    'silvasonic',
    { section: { type: 'drive', root_folder_id: 'R', token: '{}' }, root: 'silvasonic' },
  ],
  [
    'a OneDrive',
    'onedrive',
    { drive_id: 'D', drive_type: 'personal' },
    { token: '{}' },
    'silvasonic',
    {
      section: { type: 'onedrive', drive_id: 'D', drive_type: 'personal', token: '{}' },
      root: 'silvasonic',
    },
  ],
  [
    'a folder',
    'local',
    { path: '/media/usb/', mounted: 'yes' },
    {},
    'silvasonic',
    { section: { type: 'local' }, root: '/media/usb/silvasonic' },
  ],
  [
    'any other backend',
    'rclone',
    { backend: 'b2', root: 'bucket', account: 'A' },
    { key: 'K' },
    'silvasonic',
    { section: { type: 'b2', account: 'A', key: 'K' }, root: 'bucket/silvasonic' },
  ],
])('%s', (_, type, options, secrets, basePath, expected) => {
  expect(rcloneRemote(type, options, secrets, basePath)).toEqual(expected);
});

const dav = { url: 'https://cloud.example.org/', user: 'u' };

test.each<[string, RemoteType, Said, Said, string]>([
  ['url', 'webdav', { user: 'u' }, { pass: 'p' }, ''],
  ['url', 'webdav', { url: 'ftp://cloud' }, { pass: 'p' }, ''],
  ['url', 'webdav', { url: 'https://me:secret@cloud.example.org/' }, { pass: 'p' }, ''],
  ['vendor', 'webdav', { ...dav, vendor: 'acme' }, { pass: 'p' }, ''],
  ['pass', 'webdav', { ...dav, pass: 'in the wrong place' }, {}, ''],
  ['colour', 'webdav', { ...dav, colour: 'blue' }, {}, ''],
  ['user', 'webdav', dav, { user: 'no secret' }, ''],
  ['bucket', 's3', { access_key_id: 'K', bucket: 'a/b' }, { secret_access_key: 'S' }, ''],
  ['secret_access_key', 's3', { access_key_id: 'K', bucket: 'a' }, {}, ''],
  ['host', 'sftp', { host: 'me@nas', user: 'u' }, { pass: 'p' }, ''],
  ['port', 'sftp', { host: 'nas', user: 'u', port: '70000' }, { pass: 'p' }, ''],
  ['pass', 'sftp', { host: 'nas', user: 'u' }, {}, ''],
  ['token', 'drive', {}, {}, ''],
  ['drive_type', 'onedrive', { drive_id: 'D', drive_type: 'mine' }, { token: '{}' }, ''],
  ['path', 'local', { path: 'usb' }, {}, ''],
  ['basePath', 'local', { path: '/usb' }, {}, '../up'],
  ['basePath', 'local', { path: '/usb' }, {}, 'a/\u0000b'],
  ['backend', 'rclone', { backend: 'crypt' }, {}, ''],
  ['backend', 'rclone', { backend: 'local' }, {}, ''],
  ['ssh', 'rclone', { backend: 'sftp', ssh: 'sh -c evil' }, {}, ''],
  ['md5sum_command', 'rclone', { backend: 'sftp', md5sum_command: 'evil' }, {}, ''],
  [
    'service_account_file',
    'rclone',
    { backend: 'drive', service_account_file: '/etc/shadow' },
    {},
    '',
  ],
  ['Pass-Word', 'rclone', { backend: 'drive' }, { 'Pass-Word': 'x' }, ''],
])('%s of %s is refused by its name', (path, type, options, secrets, basePath) => {
  let refused: unknown = null;
  try {
    rcloneRemote(type, options, secrets, basePath);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(RemoteOptionsError);
  expect(refused).toMatchObject({ path });
});

test('whatever a form asks for is taken', () => {
  const samples: Said = {
    ...{ url: 'https://a.org/', port: '22', path: '/x', known_hosts: '/x', root: '/x' },
    ...{ endpoint: 'https://a.org', token: '{}', backend: 'b2' },
  };
  for (const type of remoteTypeSchema.options) {
    const values = (secret: boolean): Said =>
      Object.fromEntries(
        REMOTE_OPTIONS[type]
          .filter((each) => each.secret === secret)
          .map(({ name, choices }) => [name, choices?.[0] ?? samples[name] ?? 'x']),
      );
    expect(() => rcloneRemote(type, values(false), values(true), 'a')).not.toThrow();
  }
});
