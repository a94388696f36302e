import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vaultStatusSchema } from '@shared/model/vault';
import { CredentialVault } from '@main/vault/credential-vault';
import { FileVault } from '@main/vault/file-vault';
import { Keyring } from '@main/vault/keyring';
import { VaultKey } from '@main/vault/vault-key';
import { cheapKey } from '../../support/cheap-key';
import { FakeClock, settle } from '../../support/fake-clock';
import { MemoryKeytar } from '../../support/memory-keytar';
import { temporaryFolder } from '../../support/temporary-folder';

const LOCKED = new Error('Cannot create an item in a locked collection');

function open(folder = temporaryFolder(), keytar = new MemoryKeytar()) {
  const clock = new FakeClock();
  const path = join(folder, 'vault.json');
  const keyring = new Keyring({
    service: 'station',
    clock,
    loadKeytar: () => Promise.resolve(keytar),
  });
  const key = new VaultKey({ environment: null, keyFile: join(folder, 'vault.key') });
  const file = new FileVault({ path, key, usable: () => true, derivation: cheapKey });
  return { folder, path, keytar, clock, vault: new CredentialVault(keyring, file) };
}

describe('where a credential lies', () => {
  it('is the keyring, and then there is no file', async () => {
    const { vault, keytar, folder } = open();
    expect(await vault.set('a', 'secret')).toBe('keyring');
    expect(await vault.get('a')).toBe('secret');
    expect(keytar.secrets.get('station/a')).toBe('secret');
    expect(existsSync(join(folder, 'vault.json'))).toBe(false);
    expect(existsSync(join(folder, 'vault.key'))).toBe(false);
  });

  it('is the encrypted file where the keyring cannot be used', async () => {
    const { vault, keytar, path } = open();
    keytar.failure = LOCKED;
    expect(await vault.set('a', 'hunter2-secret')).toBe('file');
    expect(await vault.get('a')).toBe('hunter2-secret');
    expect(readFileSync(path, 'utf8')).not.toContain('hunter2-secret');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is one place: what is put into the keyring leaves the file', async () => {
    const { vault, keytar } = open();
    keytar.failure = LOCKED;
    await vault.set('a', 'first');
    keytar.failure = null;
    expect(await vault.set('a', 'second')).toBe('keyring');
    expect(await vault.get('a')).toBe('second');
    expect((await vault.test()).file).toMatchObject({ state: 'unused', entries: 0 });
  });

  it('that the keyring could not take is newer than what the keyring has', async () => {
    const { vault, keytar } = open();
    await vault.set('a', 'old');
    keytar.failure = LOCKED;
    await vault.set('a', 'new');
    keytar.failure = null;
    expect(await vault.get('a')).toBe('new');
  });

  it('stays the same place when it is replaced by what a remote gave', async () => {
    const { vault, keytar } = open();
    keytar.failure = LOCKED;
    await vault.set('in-file', '1');
    keytar.failure = null;
    await vault.set('in-keyring', '1');
    await vault.replace('in-file', '2');
    await vault.replace('in-keyring', '2');
    expect([...keytar.secrets]).toEqual([['station/in-keyring', '2']]);
    keytar.failure = LOCKED;
    expect(await vault.get('in-file')).toBe('2');
  });
});

describe('a credential that cannot be reached', () => {
  it('is not taken for one that is not there', async () => {
    const { vault, keytar } = open();
    await vault.set('a', 'secret');
    keytar.failure = LOCKED;
    await expect(vault.get('a')).rejects.toMatchObject({ reason: 'keyring_locked' });
    keytar.failure = null;
    expect(await vault.get('b')).toBeNull();
  });

  it('is asked of the keyring where the file is damaged, for an older one is better than none', async () => {
    const { vault, keytar, path } = open();
    await vault.set('a', 'secret');
    writeFileSync(path, 'not json');
    expect(await vault.get('a')).toBe('secret');
    await expect(vault.get('b')).rejects.toMatchObject({ reason: 'damaged' });
    keytar.failure = LOCKED;
    await expect(vault.get('a')).rejects.toMatchObject({ reason: 'damaged' });
    await expect(vault.set('a', 'x')).rejects.toMatchObject({ reason: 'damaged' });
    expect(readFileSync(path, 'utf8')).toBe('not json');
  });

  it('is said of both places when neither takes it', async () => {
    const { vault, keytar, folder } = open();
    keytar.failure = LOCKED;
    await vault.set('a', '1');
    writeFileSync(join(folder, 'vault.key'), 'another key');
    await expect(vault.set('a', '2')).rejects.toMatchObject({
      reason: 'wrong_key',
      message: expect.stringMatching(
        /another key than .*vault\.key holds.*keyring cannot be used: .*locked/,
      ) as string,
    });
    await expect(vault.get('a')).rejects.toMatchObject({ reason: 'wrong_key' });
  });
});

describe('a deleted credential', () => {
  it('is gone from both places', async () => {
    const { vault, keytar } = open();
    await vault.set('a', 'old');
    keytar.failure = LOCKED;
    await vault.set('a', 'new');
    keytar.failure = null;
    await vault.delete('a');
    await vault.delete('never-there');
    expect(await vault.get('a')).toBeNull();
    expect(keytar.secrets.size).toBe(0);
  });

  it('does not come back from a keyring that could not be told, and is tidied away later', async () => {
    const { vault, keytar } = open();
    await vault.set('a', 'secret');
    keytar.failure = LOCKED;
    await vault.delete('a');
    await vault.tidy();
    keytar.failure = null;
    expect(await vault.get('a')).toBeNull();
    expect(keytar.secrets.size).toBe(1);
    await vault.tidy();
    expect(keytar.secrets.size).toBe(0);
    await vault.set('a', 'again');
    expect(await vault.get('a')).toBe('again');
  });
});

describe('the test of the vault', () => {
  it('goes through the keyring and leaves nothing', async () => {
    const { vault, keytar, folder } = open();
    expect(vaultStatusSchema.parse(await vault.test())).toEqual({
      available: true,
      backend: 'keyring',
      reason: 'ok',
      file: { state: 'unused', key: 'key_file', entries: 0 },
      detail: '',
    });
    expect(keytar.secrets.size).toBe(0);
    expect(existsSync(join(folder, 'vault.json'))).toBe(false);
  });

  it('says that the file is used, and why', async () => {
    const { vault, keytar } = open();
    keytar.failure = new Error('Cannot autolaunch D-Bus without X11 $DISPLAY');
    expect(vaultStatusSchema.parse(await vault.test())).toEqual({
      available: true,
      backend: 'file',
      reason: 'no_session_bus',
      file: { state: 'open', key: 'key_file', entries: 0 },
      detail: 'Cannot autolaunch D-Bus without X11 $DISPLAY',
    });
  });

  it('says that there is no place at all', async () => {
    const { vault, keytar, path } = open();
    keytar.failure = LOCKED;
    writeFileSync(path, '{}');
    expect(await vault.test()).toMatchObject({
      available: false,
      backend: 'none',
      reason: 'keyring_locked',
      file: { state: 'damaged' },
    });
  });

  it('says of a keyring that works what the file holds and cannot give', async () => {
    const { vault, keytar, folder } = open();
    keytar.failure = LOCKED;
    await vault.set('a', '1');
    keytar.failure = null;
    writeFileSync(join(folder, 'vault.key'), 'another key');
    expect(await vault.test()).toMatchObject({
      available: false,
      backend: 'keyring',
      reason: 'ok',
      file: { state: 'wrong_key', entries: 1 },
    });
  });

  it('does not believe a keyring that gives back something else, and cleans up', async () => {
    const { vault, keytar } = open();
    keytar.getPassword = () => Promise.resolve('other');
    expect(await vault.test()).toMatchObject({ backend: 'file', reason: 'error' });
    expect(keytar.secrets.size).toBe(0);
  });

  it('does not wait for a keyring that never answers', async () => {
    const { vault, keytar, clock } = open();
    keytar.hanging = true;
    const status = vault.test();
    await settle();
    await clock.advance(5000);
    expect(await status).toMatchObject({ backend: 'file', reason: 'keyring_silent' });
  });
});
