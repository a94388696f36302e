import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CredentialVault } from '@main/vault/credential-vault';
import { FileVault } from '@main/vault/file-vault';
import { Keyring } from '@main/vault/keyring';
import { RemoteSecrets } from '@main/vault/remote-secrets';
import { SecretScrubber } from '@main/vault/secret-scrubber';
import { VaultKey } from '@main/vault/vault-key';
import { cheapKey } from '../../support/cheap-key';
import { FakeClock } from '../../support/fake-clock';
import { MemoryKeytar } from '../../support/memory-keytar';
import { temporaryFolder } from '../../support/temporary-folder';

const LOCKED = new Error('Cannot create an item in a locked collection');

function open(keytar = new MemoryKeytar(), path = join(temporaryFolder(), 'vault.json')) {
  const keyring = new Keyring({
    service: 'station',
    clock: new FakeClock(),
    loadKeytar: () => Promise.resolve(keytar),
  });
  const key = new VaultKey({ environment: 'a key', keyFile: `${path}.key` });
  const file = new FileVault({ path, key, usable: () => true, derivation: cheapKey });
  const scrubber = new SecretScrubber();
  const reached: (string | null)[] = [];
  return {
    keytar,
    path,
    scrubber,
    reached,
    secrets: new RemoteSecrets(new CredentialVault(keyring, file), scrubber, (problem) =>
      reached.push(problem),
    ),
  };
}

describe('the secrets of a remote', () => {
  it('are its own, by the names of its options', async () => {
    const { secrets, keytar } = open();
    await secrets.put('nas', 'pass', 'nas-pass');
    await secrets.put('nas-2', 'pass', 'other-pass');
    expect(await secrets.all('nas', ['pass', 'token'])).toEqual({ pass: 'nas-pass' });
    expect([...keytar.secrets.keys()]).toEqual([
      'station/remote:nas:pass',
      'station/remote:nas-2:pass',
    ]);
  });

  it('stay known while the keyring locks itself, and after it dies', async () => {
    const first = open();
    await first.secrets.put('nas', 'pass', '1');
    const { secrets, keytar } = open(first.keytar);
    expect(await secrets.get('nas', 'pass')).toBe('1');
    keytar.failure = LOCKED;
    expect(await secrets.get('nas', 'pass')).toBe('1');
    await expect(secrets.get('nas', 'token')).rejects.toMatchObject({ reason: 'keyring_locked' });
  });

  it('are hidden in what others say, from the moment they are given or read', async () => {
    const first = open();
    await first.secrets.put('nas', 'pass', 'hunter2');
    expect(first.scrubber.scrub('401 for hunter2')).toBe('401 for [hidden]');
    const { secrets, scrubber } = open(first.keytar);
    await secrets.all('nas', ['pass']);
    expect(scrubber.scrub('401 for hunter2')).toBe('401 for [hidden]');
  });

  it('go with the remote', async () => {
    const { secrets, keytar } = open();
    await secrets.put('nas', 'pass', '1');
    await secrets.delete('nas', ['pass', 'token']);
    expect(await secrets.get('nas', 'pass')).toBeNull();
    expect(keytar.secrets.size).toBe(0);
  });

  it('that were refused by the vault leave the ones from before', async () => {
    const { secrets, keytar, path } = open();
    await secrets.put('nas', 'pass', 'old');
    keytar.failure = LOCKED;
    writeFileSync(path, 'damaged');
    await expect(secrets.put('nas', 'pass', 'new')).rejects.toMatchObject({ reason: 'damaged' });
    expect(await secrets.get('nas', 'pass')).toBe('old');
  });
});

it('tells when the vault cannot be reached, and when it can again', async () => {
  const { keytar, reached, secrets } = open();
  keytar.failure = LOCKED;
  await expect(secrets.get('nas', 'pass')).rejects.toMatchObject({ reason: 'keyring_locked' });
  keytar.failure = null;
  await secrets.get('nas', 'pass');
  expect(reached).toEqual([LOCKED.message, null]);
});

describe('a token that a remote renewed', () => {
  it('is kept, once', async () => {
    const { secrets, keytar } = open();
    await secrets.put('drive', 'token', '1');
    await secrets.refresh('drive', 'token', '2');
    const { asked } = keytar;
    await secrets.refresh('drive', 'token', '2');
    expect(keytar.asked).toBe(asked);
    expect(await open(keytar).secrets.get('drive', 'token')).toBe('2');
  });

  it('counts also where it cannot be kept, and is kept when it can', async () => {
    const { secrets, keytar, path } = open();
    await secrets.put('drive', 'token', '1');
    keytar.failure = LOCKED;
    writeFileSync(path, 'damaged');
    await expect(secrets.refresh('drive', 'token', '2')).rejects.toMatchObject({
      reason: 'damaged',
    });
    expect(await secrets.get('drive', 'token')).toBe('2');
    rmSync(path);
    keytar.failure = null;
    await secrets.refresh('drive', 'token', '2');
    expect(await open(keytar).secrets.get('drive', 'token')).toBe('2');
  });
});
