import { describe, expect, it } from 'vitest';
import { environmentSeed } from '@main/cloud/seeding/environment-seed';
import { type RemoteVariable, takeSecretEnvironment } from '@main/vault/secret-environment';

/** Of the Fernet specification: "hello". */
const KEY = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const HELLO =
  'enc:gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

function seedOf(values: Partial<Record<RemoteVariable, string>>, encryptionKey?: string) {
  const variables = Object.entries(values).map(
    ([name, value]) => [`SILVASONIC_CLOUD_REMOTE_${name.toUpperCase()}`, value] as const,
  );
  return environmentSeed(
    takeSecretEnvironment({
      ...Object.fromEntries(variables),
      ...(encryptionKey === undefined ? {} : { SILVASONIC_ENCRYPTION_KEY: encryptionKey }),
    }),
  );
}

const WEBDAV = {
  type: 'webdav',
  url: 'https://cloud.example/remote.php/dav/files/bat',
  user: 'bat',
  pass: 'hunter2',
};

describe('the remote of the environment', () => {
  it('is none where nothing is said', () => {
    expect(seedOf({})).toEqual({ kind: 'none' });
    expect(seedOf({}, KEY)).toEqual({ kind: 'none' });
    expect(seedOf({ type: '', url: ' ', user: '', pass: '' })).toEqual({ kind: 'none' });
  });

  it('has its password among the secrets only', () => {
    expect(seedOf(WEBDAV)).toEqual({
      kind: 'remote',
      type: 'webdav',
      options: { url: WEBDAV.url, user: 'bat' },
      secrets: { pass: 'hunter2' },
    });
  });

  it('needs no encryption key while its values are plain, and opens encrypted ones', () => {
    expect(seedOf({ ...WEBDAV, user: HELLO, pass: HELLO }, KEY)).toMatchObject({
      options: { user: 'hello' },
      secrets: { pass: 'hello' },
    });
  });

  it.each([
    [
      's3',
      'https://s3.example:9000/recordings/',
      { endpoint: 'https://s3.example:9000', bucket: 'recordings', access_key_id: 'bat' },
      'secret_access_key',
    ],
    ['sftp', 'sftp://nas.example', { host: 'nas.example', user: 'bat' }, 'pass'],
    [
      'SFTP',
      'sftp://[fd00::1]:2222/srv/my%20bats',
      { host: 'fd00::1', port: '2222', root: '/srv/my bats', user: 'bat' },
      'pass',
    ],
  ])('of the type %s is made of %s', (type, url, options, secret) => {
    expect(seedOf({ type, url, user: 'bat', pass: 'hunter2' })).toEqual({
      kind: 'remote',
      type: type.toLowerCase(),
      options,
      secrets: { [secret]: 'hunter2' },
    });
  });

  it.each<[string, Partial<Record<RemoteVariable, string>>, string]>([
    ['one is missing', { ...WEBDAV, pass: '' }, '_PASS is not set; all four are needed'],
    [
      'two are missing',
      { type: 'webdav', pass: 'hunter2' },
      '_URL, SILVASONIC_CLOUD_REMOTE_USER are not set; all four are needed',
    ],
    ['the type is unknown', { ...WEBDAV, type: 'ftp' }, 'only webdav, s3 and sftp'],
    ['it would need a token', { ...WEBDAV, type: 'drive' }, 'only webdav, s3 and sftp'],
    ['it is no address', { ...WEBDAV, url: 'cloud' }, '_URL: expected http://… or https://…'],
    ['it is another kind of address', { ...WEBDAV, type: 'sftp' }, '_URL: expected sftp://…'],
    ['no bucket is named', { ...WEBDAV, type: 's3', url: 'https://s3.example' }, '/bucket'],
    ['a % is alone', { ...WEBDAV, type: 'sftp', url: 'sftp://nas/%zz' }, 'stands for nothing'],
    ['it cannot be opened', { ...WEBDAV, pass: HELLO }, '_PASS: it is encrypted, and'],
    [
      'the address has a password',
      { ...WEBDAV, url: 'https://bat:hunter2@cloud.example' },
      'variables of their own',
    ],
  ])('is refused with one sentence without secrets when %s', (_what, values, words) => {
    const seed = seedOf(values);
    expect(seed).toEqual({ kind: 'refused', problem: expect.stringContaining(words) as string });
    expect(JSON.stringify(seed)).not.toContain('hunter2');
  });
});
