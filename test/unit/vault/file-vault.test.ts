import { chmodSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileVault } from '@main/vault/file-vault';
import { deriveKey, newKeyDerivation, seal, unseal } from '@main/vault/sealing';
import { usualKeyFile, VaultKey } from '@main/vault/vault-key';
import { cheapKey } from '../../support/cheap-key';
import { temporaryFolder } from '../../support/temporary-folder';

function open(folder: string, environment: string | null = null, usable = true) {
  const path = join(folder, 'vault.json');
  const keyFile = join(folder, 'keys', 'station.key');
  const key = new VaultKey({ environment, keyFile });
  return {
    path,
    keyFile,
    vault: new FileVault({ path, key, usable: () => usable, derivation: cheapKey }),
  };
}

describe('what is sealed', () => {
  it('opens under the same key and label, whatever it says, and under no other', async () => {
    const key = await deriveKey('a key', cheapKey());
    const other = await deriveKey('a key', cheapKey());
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, label) => {
        const sealed = seal(key, label, text);
        // A half of a surrogate pair cannot be written in UTF-8.
        expect(unseal(key, label, sealed)).toBe(Buffer.from(text, 'utf8').toString('utf8'));
        expect(unseal(key, `${label}.`, sealed)).toBeNull();
        expect(unseal(other, label, sealed)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it('does not open when a bit of it was changed or the end is missing', async () => {
    const key = await deriveKey('a key', cheapKey());
    const sealed = Buffer.from(seal(key, 'a', 'secret'), 'base64');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(unseal(key, 'a', changed.toString('base64'))).toBeNull();
    }
    for (let end = 0; end < sealed.length; end += 1) {
      expect(unseal(key, 'a', sealed.subarray(0, end).toString('base64'))).toBeNull();
    }
  });

  it('takes the same key typed on another keyboard', async () => {
    const derivation = newKeyDerivation();
    expect(await deriveKey('schön', derivation)).toEqual(
      await deriveKey('scho\u0308n', derivation),
    );
  });
});

describe('the encrypted file', () => {
  it('costs whoever guesses its key 32 MiB and a while for each guess', async () => {
    const path = join(temporaryFolder(), 'vault.json');
    const key = new VaultKey({ environment: 'a phrase', keyFile: `${path}.key` });
    const vault = new FileVault({ path, key, usable: () => true });
    await vault.set('a', '1');
    expect(await vault.get('a')).toBe('1');
    const { lock } = JSON.parse(readFileSync(path, 'utf8')) as { lock: object };
    expect(lock).toMatchObject({ kdf: 'scrypt', n: 32_768, r: 8, p: 1 });
  });

  it('outlives the console, with a key file that only its user can read', async () => {
    const folder = temporaryFolder();
    const { vault, keyFile, path } = open(folder);
    await vault.set('a', 'sécret 🦇');
    await vault.set('b', 'x'.repeat(60_000));
    expect(await open(folder).vault.get('a')).toBe('sécret 🦇');
    expect(await open(folder).vault.get('b')).toBe('x'.repeat(60_000));
    expect(await open(folder).vault.get('c')).toBeNull();
    for (const file of [keyFile, path]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['keys', 'vault.json']);
  });

  it('closes a key file that somebody left open to others', async () => {
    const folder = temporaryFolder();
    const { vault, keyFile } = open(folder);
    await vault.set('a', '1');
    chmodSync(keyFile, 0o644);
    expect(await open(folder).vault.get('a')).toBe('1');
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  });

  it('is locked with SILVASONIC_ENCRYPTION_KEY where that is set, and makes no key file then', async () => {
    const folder = temporaryFolder();
    await open(folder, 'a phrase of the fleet').vault.set('a', '1');
    expect(await open(folder, 'a phrase of the fleet').vault.get('a')).toBe('1');
    expect(readdirSync(folder)).toEqual(['vault.json']);
    expect(readFileSync(join(folder, 'vault.json'), 'utf8')).not.toContain('phrase');
  });

  it('says a wrong key in one sentence, and changes nothing', async () => {
    const folder = temporaryFolder();
    const { vault, path } = open(folder, 'right');
    await vault.set('a', '1');
    const before = readFileSync(path);
    const wrong = open(folder, 'wrong').vault;
    const problem = {
      reason: 'wrong_key',
      message: `The vault ${path} was locked with another key than SILVASONIC_ENCRYPTION_KEY holds now. Bring the right key, or remove the vault and enter the passwords anew.`,
    };
    await expect(wrong.get('a')).rejects.toMatchObject(problem);
    await expect(wrong.set('b', '2')).rejects.toMatchObject(problem);
    await expect(wrong.check()).rejects.toMatchObject(problem);
    expect(readFileSync(path)).toEqual(before);
  });

  it('says that its key is missing, and makes no new one that would not fit', async () => {
    const folder = temporaryFolder();
    const { vault, keyFile } = open(folder);
    await vault.set('a', '1');
    rmSync(keyFile);
    const again = open(folder).vault;
    await expect(again.get('a')).rejects.toMatchObject({ reason: 'key_missing' });
    await expect(again.set('b', '2')).rejects.toMatchObject({ reason: 'key_missing' });
    expect(readdirSync(join(folder, 'keys'))).toEqual([]);
  });

  it('made with a key file is opened with it also after SILVASONIC_ENCRYPTION_KEY was set, and locked with that from then on', async () => {
    const folder = temporaryFolder();
    await open(folder).vault.set('a', '1');
    const fleet = open(folder, 'fleet');
    expect(await fleet.vault.get('a')).toBe('1');
    await fleet.vault.set('b', '2');
    rmSync(fleet.keyFile);
    expect(await open(folder, 'fleet').vault.get('a')).toBe('1');
    expect(await open(folder, 'fleet').vault.get('b')).toBe('2');
    expect(await open(folder, 'fleet').vault.lockedBy()).toBe('environment');
  });

  it('gives up an entry without a key, for whoever removes a remote', async () => {
    const folder = temporaryFolder();
    const { vault, keyFile } = open(folder);
    await vault.set('a', '1');
    await vault.set('b', '2');
    rmSync(keyFile);
    await open(folder).vault.remove('a', false);
    expect(await open(folder).vault.accounts()).toEqual({ kept: ['b'], removed: [] });
  });

  it('does not open an entry that was moved under another name', async () => {
    const folder = temporaryFolder();
    const { vault, path } = open(folder);
    await vault.set('a', '1');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"a":', '"b":'));
    await expect(open(folder).vault.get('b')).rejects.toMatchObject({ reason: 'damaged' });
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"format":"silvasonic-vault","ver'],
    ['something else', '{"a":1}'],
    ['parameters that would eat the memory', null],
  ])('that holds %s is called damaged and left as it is', async (_what, content) => {
    const folder = temporaryFolder();
    const { vault, path } = open(folder);
    await vault.set('a', '1');
    const text = content ?? readFileSync(path, 'utf8').replace('"n": 2,', '"n": 1073741824,');
    writeFileSync(path, text);
    const problem = { reason: 'damaged' };
    await expect(open(folder).vault.get('a')).rejects.toMatchObject(problem);
    await expect(open(folder).vault.set('a', '2')).rejects.toMatchObject(problem);
    await expect(open(folder).vault.remove('a', false)).rejects.toMatchObject(problem);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('of a newer version is named so and left as it is', async () => {
    const folder = temporaryFolder();
    const { vault, path } = open(folder);
    await vault.set('a', '1');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 1', '"version": 2'));
    await expect(open(folder).vault.get('a')).rejects.toMatchObject({ reason: 'too_new' });
  });

  it('keeps all of many entries that are written at once', async () => {
    const { vault } = open(temporaryFolder());
    const names = Array.from({ length: 20 }, (_, index) => `entry-${String(index)}`);
    await Promise.all(names.map((name) => vault.set(name, name)));
    expect((await vault.accounts()).kept.sort()).toEqual([...names].sort());
  });

  it('knows names that mean something to JavaScript', async () => {
    const { vault } = open(temporaryFolder());
    expect(await vault.holds('constructor')).toBeUndefined();
    expect(await vault.get('toString')).toBeNull();
  });

  it('is not made in the mount point of a disk that is not there', async () => {
    const folder = temporaryFolder();
    const { vault } = open(folder, null, false);
    await expect(vault.set('a', '1')).rejects.toMatchObject({ reason: 'unreachable' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says that it cannot be written', async () => {
    const key = new VaultKey({ environment: 'k', keyFile: '/proc/nonexistent/key' });
    const vault = new FileVault({ path: '/proc/nonexistent/vault.json', key, usable: () => true });
    await expect(vault.set('a', '1')).rejects.toMatchObject({ reason: 'unreachable' });
    expect(await vault.get('a')).toBeNull();
  });

  it('has its key away from the data disk', () => {
    expect(usualKeyFile({ XDG_STATE_HOME: '/state' }, 'id')).toBe(
      '/state/silvasonic/vault-keys/id.key',
    );
    expect(usualKeyFile({ XDG_STATE_HOME: 'relative' }, 'id')).toMatch(
      /^\/.*\/\.local\/state\/silvasonic\/vault-keys\/id\.key$/,
    );
  });
});
