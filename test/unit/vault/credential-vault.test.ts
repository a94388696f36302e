import { describe, expect, it } from 'vitest';
import { vaultStatusSchema } from '@shared/model/vault';
import { CredentialVault, type Keyring } from '@main/vault/credential-vault';
import { classifyKeyringFailure } from '@main/vault/keyring-failure';
import { FakeClock, settle } from '../../support/fake-clock';

function memoryKeyring() {
  const secrets = new Map<string, string>();
  const keyring: Keyring = {
    getPassword: (service, account) =>
      Promise.resolve(secrets.get(`${service}/${account}`) ?? null),
    setPassword: (service, account, password) => {
      secrets.set(`${service}/${account}`, password);
      return Promise.resolve();
    },
    deletePassword: (service, account) => Promise.resolve(secrets.delete(`${service}/${account}`)),
  };
  return { secrets, keyring };
}

function vaultOver(keyring: Keyring | Error) {
  const clock = new FakeClock();
  let loads = 0;
  const loadKeyring = (): Promise<Keyring> => {
    loads += 1;
    return keyring instanceof Error ? Promise.reject(keyring) : Promise.resolve(keyring);
  };
  return { clock, vault: new CredentialVault({ clock, loadKeyring }), loads: () => loads };
}

describe('what the keyring says', () => {
  it.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'no_session_bus'],
    ['Could not connect: No such file or directory', 'no_session_bus'],
    ['Could not connect: Connection refused', 'no_session_bus'],
    [
      'The name org.freedesktop.secrets was not provided by any .service files',
      'no_keyring_service',
    ],
    ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', 'keyring_locked'],
    ['Cannot create an item in a locked collection', 'keyring_locked'],
    ['Failed to load keytar native addon, checked [...]', 'error'],
    ['', 'error'],
  ])('%j is %s', (message, reason) => {
    expect(classifyKeyringFailure(message)).toBe(reason);
  });
});

describe('the credential vault', () => {
  it('keeps, gives and deletes a credential under the station’s name', async () => {
    const { secrets, keyring } = memoryKeyring();
    const { vault } = vaultOver(keyring);
    await vault.set('remote:nas', 'secret');
    expect([...secrets.keys()]).toEqual(['silvasonic-station/remote:nas']);
    expect(await vault.get('remote:nas')).toBe('secret');
    expect(await vault.delete('remote:nas')).toBe(true);
    expect(await vault.get('remote:nas')).toBeNull();
  });

  it('tests the keyring with a credential that it takes away again', async () => {
    const { secrets, keyring } = memoryKeyring();
    const { vault, clock } = vaultOver(keyring);
    const status = vaultStatusSchema.parse(await vault.test());
    expect(status).toEqual({ available: true, backend: 'keyring', reason: 'ok', detail: '' });
    expect(secrets.size).toBe(0);
    expect(clock.sleeping).toBe(0);
  });

  it('does not believe a keyring that gives back something else, and cleans up', async () => {
    const { secrets, keyring } = memoryKeyring();
    const { vault } = vaultOver({ ...keyring, getPassword: () => Promise.resolve('other') });
    expect(await vault.test()).toMatchObject({ available: false, reason: 'error' });
    expect(secrets.size).toBe(0);
  });

  it('says why there is no keyring', async () => {
    const { vault } = vaultOver({
      ...memoryKeyring().keyring,
      setPassword: () => Promise.reject(new Error('Cannot autolaunch D-Bus without X11 $DISPLAY')),
    });
    expect(await vault.test()).toEqual({
      available: false,
      backend: 'none',
      reason: 'no_session_bus',
      detail: 'Cannot autolaunch D-Bus without X11 $DISPLAY',
    });
    await expect(vault.set('a', 'b')).rejects.toMatchObject({
      name: 'VaultError',
      reason: 'no_session_bus',
    });
  });

  it('takes a missing library as a status, and tries again the next time', async () => {
    const { vault, loads } = vaultOver(
      new Error('libsecret-1.so.0: cannot open shared object file'),
    );
    expect(loads()).toBe(0);
    expect(await vault.test()).toMatchObject({ available: false, reason: 'error' });
    await vault.test();
    expect(loads()).toBe(2);
  });

  it('does not wait for ever for a keyring that asks somebody something', async () => {
    const { vault, clock } = vaultOver({
      ...memoryKeyring().keyring,
      setPassword: () => new Promise(() => undefined),
    });
    const status = vault.test();
    await settle();
    await clock.advance(5000);
    expect(await status).toMatchObject({
      available: false,
      reason: 'error',
      detail: 'The keyring did not answer within 5000 ms.',
    });
  });
});
