import { describe, expect, it } from 'vitest';
import { Keyring } from '@main/vault/keyring';
import { classifyKeyringFailure } from '@main/vault/keyring-failure';
import { FakeClock, settle } from '../../support/fake-clock';
import { MemoryKeytar } from '../../support/memory-keytar';

function open() {
  const clock = new FakeClock();
  const keytar = new MemoryKeytar();
  const keyring = new Keyring({
    service: 'silvasonic-station one',
    clock,
    loadKeytar: () => Promise.resolve(keytar),
  });
  return { clock, keytar, keyring };
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
    ['The name :1.7 was not provided by any .service files', 'keyring_lost'],
    ['The session wrapping the secret does not exist', 'keyring_lost'],
    ['The connection is closed', 'keyring_lost'],
    ['Failed to load keytar native addon, checked [...]', 'error'],
    ['', 'error'],
  ])('%j is %s', (message, reason) => {
    expect(classifyKeyringFailure(message)).toBe(reason);
  });
});

describe('the keyring', () => {
  it('keeps, gives and deletes a credential under the station’s own name', async () => {
    const { keyring, keytar, clock } = open();
    await keyring.set('remote:nas', 'secret');
    expect([...keytar.secrets.keys()]).toEqual(['silvasonic-station one/remote:nas']);
    expect(await keyring.get('remote:nas')).toBe('secret');
    expect(await keyring.delete('remote:nas')).toBe(true);
    expect(await keyring.get('remote:nas')).toBeNull();
    expect(clock.sleeping).toBe(0);
  });

  it('says in a word what is wrong with it', async () => {
    const { keyring, keytar } = open();
    keytar.failure = new Error('Cannot autolaunch D-Bus without X11 $DISPLAY');
    await expect(keyring.set('a', 'b')).rejects.toMatchObject({
      name: 'VaultError',
      reason: 'no_session_bus',
      message: 'Cannot autolaunch D-Bus without X11 $DISPLAY',
    });
  });

  it('takes a missing library as an answer, and tries again the next time', async () => {
    let loads = 0;
    const keyring = new Keyring({
      service: 's',
      clock: new FakeClock(),
      loadKeytar: () => {
        loads += 1;
        return Promise.reject(new Error('libsecret-1.so.0: cannot open shared object file'));
      },
    });
    expect(loads).toBe(0);
    await expect(keyring.get('a')).rejects.toMatchObject({ reason: 'error' });
    await expect(keyring.get('a')).rejects.toMatchObject({ reason: 'error' });
    expect(loads).toBe(2);
  });

  it('waits for a slow one', async () => {
    const { keyring, keytar, clock } = open();
    keytar.hanging = true;
    const kept = keyring.set('a', 'b');
    await clock.advance(4900);
    keytar.letGo();
    await kept;
    expect(await keyring.get('a')).toBe('b');
  });

  it('does not wait for ever for one that asks somebody something', async () => {
    const { keyring, keytar, clock } = open();
    keytar.hanging = true;
    const answer = expect(keyring.get('a')).rejects.toMatchObject({
      reason: 'keyring_silent',
      message: 'The keyring did not answer within 5000 ms.',
    });
    await settle();
    await clock.advance(5000);
    await answer;
  });

  it('holds one thread at most, however often a silent one is asked, and is itself again after', async () => {
    const { keyring, keytar, clock } = open();
    keytar.hanging = true;
    const answers = [1, 2, 3, 4, 5, 6].map(() =>
      expect(keyring.get('a')).rejects.toMatchObject({ reason: 'keyring_silent' }),
    );
    await settle();
    expect(keytar.asked).toBe(1);
    await clock.advance(5000);
    await Promise.all(answers);
    expect(keytar.asked).toBe(1);
    keytar.letGo();
    await settle();
    expect(await keyring.get('a')).toBeNull();
    expect(keytar.asked).toBe(2);
  });
});
