import { execa } from 'execa';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { VaultStatus } from '@shared/model/vault';

const SUPPORT = resolve(import.meta.dirname, '../../support');

/** Asks the vault in a process and a session of its own: the real keytar, libsecret and gnome-keyring. */
async function probe(session: 'unlocked' | 'locked' | 'no-service' | 'no-bus', ...args: string[]) {
  const { stdout } = await execa(
    resolve(SUPPORT, 'keyring-session.sh'),
    [
      session,
      process.execPath,
      '--import',
      resolve(SUPPORT, 'typescript-hooks.mjs'),
      resolve(SUPPORT, 'vault-probe.ts'),
      ...args,
    ],
    { timeout: 30_000, forceKillAfterDelay: 1000 },
  );
  return JSON.parse(stdout) as {
    status: VaultStatus;
    steps: unknown[];
    restarted: unknown[];
  };
}

describe('the vault over a real keyring', () => {
  it('keeps a credential, gives it to its own station only, replaces and deletes it', async () => {
    expect(await probe('unlocked')).toEqual({
      status: {
        available: true,
        backend: 'keyring',
        reason: 'ok',
        file: { state: 'unused', key: 'environment', entries: 0 },
        detail: '',
      },
      steps: ['keyring', 'sécret 🦇', null, null],
      restarted: [],
    });
  });

  it('goes on with the encrypted file when the keyring was restarted under it', async () => {
    const { restarted } = await probe('unlocked', 'restart');
    const [reason, backend, place, read] = restarted;
    // A newer libsecret may find the new one by itself.
    expect(['keyring_lost', 'ok']).toContain(reason);
    expect(backend).toBe(reason === 'ok' ? 'keyring' : 'file');
    expect([place, read]).toEqual([backend, '2']);
  });

  it.each([
    ['locked', 'keyring_locked'],
    ['no-service', 'no_keyring_service'],
    ['no-bus', 'no_session_bus'],
  ] as const)('says what is wrong in a session that is %s', async (session, reason) => {
    const { status } = await probe(session);
    expect(status).toMatchObject({ available: true, backend: 'file', reason });
    expect(status.detail).not.toBe('');
  });
});
