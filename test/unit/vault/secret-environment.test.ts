import { describe, expect, it } from 'vitest';
import { NO_SECRETS, takeSecretEnvironment } from '@main/vault/secret-environment';

describe('the environment', () => {
  it('gives its secrets, and nobody inherits them afterwards', () => {
    const env = {
      PATH: '/bin',
      SILVASONIC_ENCRYPTION_KEY: ' key\n',
      SILVASONIC_CLOUD_REMOTE_TYPE: 'webdav',
      SILVASONIC_CLOUD_REMOTE_URL: 'https://cloud.example',
      SILVASONIC_CLOUD_REMOTE_USER: 'bat',
      SILVASONIC_CLOUD_REMOTE_PASS: 'hunter2',
    };
    expect(takeSecretEnvironment(env)).toEqual({
      encryptionKey: 'key',
      remote: { type: 'webdav', url: 'https://cloud.example', user: 'bat', pass: 'hunter2' },
    });
    expect(env).toEqual({ PATH: '/bin' });
  });

  it('that is empty gives nothing', () => {
    expect(takeSecretEnvironment({ SILVASONIC_ENCRYPTION_KEY: '  ' })).toEqual(NO_SECRETS);
  });
});
