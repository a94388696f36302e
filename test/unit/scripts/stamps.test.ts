import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from '../../../scripts/setup/build.mjs';
import { installedAsLocked } from '../../../scripts/setup/npm-packages.mjs';
import {
  hashOf,
  readTextIfThere,
  removeStamp,
  stampMatches,
  writeAtomically,
  writeStamp,
} from '../../../scripts/setup/stamp.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stamps-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a stamp', () => {
  it('matches what it was written for, and nothing else', () => {
    const stamp = join(folder, 'deep', 'stamp');
    expect(stampMatches(stamp, 'a')).toBe(false);
    writeStamp(stamp, 'a');
    expect(stampMatches(stamp, 'a')).toBe(true);
    expect(stampMatches(stamp, 'b')).toBe(false);
    removeStamp(stamp);
    expect(stampMatches(stamp, 'a')).toBe(false);
  });

  it('keeps the parts of a hash apart', () => {
    expect(hashOf('ab', 'c')).not.toBe(hashOf('a', 'bc'));
    expect(hashOf('ab', 'c')).toBe(hashOf('ab', 'c'));
  });

  it('is replaced in one go and leaves no temporary file behind', async () => {
    const file = join(folder, 'note');
    writeAtomically(file, 'old');
    writeAtomically(file, 'new');
    expect(readTextIfThere(file)).toBe('new');
    expect(await readdir(folder)).toEqual(['note']);
  });
});

describe('the fingerprint of the sources', () => {
  const look = () => fingerprint(folder, ['main', 'package.json', 'absent']);

  beforeEach(async () => {
    await mkdir(join(folder, 'main', 'clock'), { recursive: true });
    await writeFile(join(folder, 'main', 'clock', 'clock.ts'), 'one');
    await writeFile(join(folder, 'package.json'), '{}');
  });

  it('stays while nothing changes', () => {
    expect(look()).toBe(look());
  });

  it('changes when a file changes, appears, or goes', async () => {
    const first = look();
    await writeFile(join(folder, 'main', 'clock', 'clock.ts'), 'longer');
    const changed = look();
    await writeFile(join(folder, 'main', 'new.ts'), '');
    const added = look();
    await rm(join(folder, 'main', 'clock'), { recursive: true });
    expect(new Set([first, changed, added, look()]).size).toBe(4);
  });

  it('changes when a file of the same size is written again', async () => {
    const before = look();
    await utimes(join(folder, 'package.json'), new Date(), new Date(Date.now() + 5_000));
    expect(look()).not.toBe(before);
  });

  it('does not care about what it was not asked for', async () => {
    const before = look();
    await writeFile(join(folder, 'README.md'), 'hello');
    expect(look()).toBe(before);
  });
});

describe('whether the npm packages are those of the lock file', () => {
  const packages = (more: object = {}) =>
    JSON.stringify({
      packages: {
        'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
        ...more,
      },
    });
  const locked = JSON.stringify({
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
    },
  });

  it('holds when each has its version and hash; optional ones may be absent', () => {
    expect(installedAsLocked(locked, packages())).toBe(true);
  });

  it('does not hold when npm never finished', () => {
    expect(installedAsLocked(locked, undefined)).toBe(false);
    expect(installedAsLocked(locked, '{ "packa')).toBe(false);
  });

  it('does not hold when one is missing, another version, another content, or not in the lock file', () => {
    expect(installedAsLocked(locked, JSON.stringify({ packages: {} }))).toBe(false);
    expect(installedAsLocked(locked, packages({ 'node_modules/a': { version: '1.0.1' } }))).toBe(
      false,
    );
    expect(
      installedAsLocked(
        locked,
        packages({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }),
      ),
    ).toBe(false);
    expect(installedAsLocked(locked, packages({ 'node_modules/b': { version: '1.0.0' } }))).toBe(
      false,
    );
  });
});
