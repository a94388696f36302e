import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprint, publicHalf, StationKey } from '@main/coverage/station-key';
import { InvalidValueError } from '@main/request-error';
import { StationError } from '@main/station-error';
import { temporaryFolder } from '../../support/temporary-folder';

describe('the station’s key', () => {
  it('is made at its first use, once, for its owner only, and stays', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'station-key.pem');
    const key = new StationKey(path, () => true);
    expect(existsSync(path)).toBe(false);
    const [one, other] = await Promise.all([key.read(), key.read()]);
    expect(publicHalf(one)).toBe(publicHalf(other));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['station-key.pem']);
    expect(publicHalf(await new StationKey(path, () => true).read())).toBe(publicHalf(one));
    expect(fingerprint(publicHalf(one))).toMatch(/^SHA256:[0-9a-f]{64}$/);
  });

  it.each([
    ['nothing', ''],
    ['half of it', '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQ'],
    [
      'a key of another kind',
      generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('is never replaced, though its file holds %s', async (_, content) => {
    const path = join(temporaryFolder(), 'station-key.pem');
    writeFileSync(path, content);
    const key = new StationKey(path, () => true);
    await expect(key.read()).rejects.toThrow(StationError);
    await expect(key.read()).rejects.toThrow(/does not hold the station's key/);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('is made when the disk that could not be written can be', async () => {
    const folder = temporaryFolder();
    const key = new StationKey(join(folder, 'gone', 'station-key.pem'), () => true);
    await expect(key.read()).rejects.toThrow(/ENOENT/);
    mkdirSync(join(folder, 'gone'));
    await expect(key.read()).resolves.toMatchObject({ type: 'private' });
  });

  it('is not made in the mount point of a disk that is missing', async () => {
    const folder = temporaryFolder();
    let there = false;
    const key = new StationKey(join(folder, 'station-key.pem'), () => there);
    await key.recall();
    await expect(key.read()).rejects.toThrow(InvalidValueError);
    expect(readdirSync(folder)).toEqual([]);
    there = true;
    await expect(key.read()).resolves.toMatchObject({ type: 'private' });
  });

  it('that was read at the start is known when the disk goes; where there is none, none is made', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'station-key.pem');
    await new StationKey(path, () => true).recall();
    expect(readdirSync(folder)).toEqual([]);
    const made = publicHalf(await new StationKey(path, () => true).read());
    let there = true;
    const key = new StationKey(path, () => there);
    await key.recall();
    there = false;
    expect(publicHalf(await key.read())).toBe(made);
  });

  it('of whoever makes it first is everybody’s', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'station-key.pem');
    const keys = await Promise.all(
      Array.from({ length: 8 }, () => new StationKey(path, () => true).read()),
    );
    const stays = publicHalf(await new StationKey(path, () => true).read());
    expect(new Set(keys.map(publicHalf))).toEqual(new Set([stays]));
  });
});
