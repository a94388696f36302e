import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprint, publicHalf, StationKey } from '@main/coverage/station-key';
import { StationError } from '@main/station-error';
import { temporaryFolder } from '../../support/temporary-folder';

describe('the station’s key', () => {
  it('is made at its first use, once, for its owner only, and stays', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'station-key.pem');
    const key = new StationKey(path);
    expect(existsSync(path)).toBe(false);
    const [one, other] = await Promise.all([key.read(), key.read()]);
    expect(publicHalf(one)).toBe(publicHalf(other));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['station-key.pem']);
    expect(publicHalf(await new StationKey(path).read())).toBe(publicHalf(one));
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
    const key = new StationKey(path);
    await expect(key.read()).rejects.toThrow(StationError);
    await expect(key.read()).rejects.toThrow(/does not hold the station's key/);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('is made when the disk that could not be written can be', async () => {
    const folder = temporaryFolder();
    const key = new StationKey(join(folder, 'gone', 'station-key.pem'));
    await expect(key.read()).rejects.toThrow(/ENOENT/);
    mkdirSync(join(folder, 'gone'));
    await expect(key.read()).resolves.toMatchObject({ type: 'private' });
  });
});
