import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSystemOf, KnownStations, knownStationsFile } from '@main/data-disk/known-stations';
import { temporaryFolder } from '../../support/temporary-folder';

const station = (n: number, seenMs = n) => ({
  stationId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  fileSystem: null,
  seenMs,
});

describe('the stations that are known', () => {
  it('are remembered by their folder', async () => {
    const file = join(temporaryFolder(), 'deep', 'er', 'known-stations.json');
    await new KnownStations(file).remember('/a', station(1));
    await new KnownStations(file).remember('/b', station(2));
    const again = new KnownStations(file);
    expect(await again.find('/a')).toEqual(station(1));
    expect(await again.find('/b')).toEqual(station(2));
    expect(await again.find('/c')).toBeNull();
  });

  it('cost no write while nothing is news', async () => {
    const file = join(temporaryFolder(), 'known.json');
    const stations = new KnownStations(file);
    await stations.remember('/a', station(1, 5));
    const before = statSync(file).ino; // each write makes a new file
    await stations.remember('/a', station(1, 99));
    expect(statSync(file).ino).toBe(before);
    await stations.remember('/a', station(2, 99));
    expect(statSync(file).ino).not.toBe(before);
  });

  it('are bounded: those not seen for longest are forgotten', async () => {
    const file = join(temporaryFolder(), 'known.json');
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`/f${String(n)}`, station(n)]),
    );
    writeFileSync(file, JSON.stringify({ version: 1, stations: many }));
    const stations = new KnownStations(file);
    await stations.remember('/new', station(999));
    expect(await stations.find('/f0')).toBeNull();
    expect(await stations.find('/f1')).toEqual(station(1));
    expect(await stations.find('/new')).toEqual(station(999));
  });

  it.each(['', 'not JSON', '{"version":1,"stations":{"/a":{"stationId":"x"}}}', '[]'])(
    'are none when the list is spoilt (%j), and it is written anew',
    async (content) => {
      const file = join(temporaryFolder(), 'known.json');
      writeFileSync(file, content);
      const stations = new KnownStations(file);
      expect(await stations.find('/a')).toBeNull();
      await stations.remember('/a', station(1));
      expect(await stations.find('/a')).toEqual(station(1));
    },
  );

  it.each(['constructor', '/tmp/a\nb', '/ä 🦇/..'])(
    'may lie in a folder of any name: %j',
    async (root) => {
      const file = join(temporaryFolder(), 'known.json');
      const stations = new KnownStations(file);
      expect(await stations.find(root)).toBeNull();
      await stations.remember(root, station(1));
      expect(await stations.find(root)).toEqual(station(1));
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1 });
    },
  );

  it('that cannot be stored are told of as an error', async () => {
    const folder = temporaryFolder();
    const inTheWay = join(folder, 'file');
    writeFileSync(inTheWay, '');
    const stations = new KnownStations(join(inTheWay, 'known.json'));
    await expect(stations.remember('/a', station(1))).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(await stations.find('/a')).toBeNull();
  });

  it.each([
    [{ XDG_STATE_HOME: '/state' }, '/state/silvasonic/known-stations.json'],
    [{ XDG_STATE_HOME: 'relative' }, /\/\.local\/state\/silvasonic\/known-stations\.json$/],
    [{}, /\/\.local\/state\/silvasonic\/known-stations\.json$/],
  ])('lie outside of the data folders: %j', (env, expected) => {
    if (typeof expected === 'string') expect(knownStationsFile(env)).toBe(expected);
    else expect(knownStationsFile(env)).toMatch(expected);
  });
});

describe('the file system of a folder', () => {
  it('is none where the system does not tell', async () => {
    const byUuid = temporaryFolder();
    expect(await fileSystemOf(temporaryFolder(), join(byUuid, 'nowhere'))).toBeNull();
    mkdirSync(join(byUuid, 'x'));
    symlinkSync('/dev/null', join(byUuid, 'AAAA-BBBB'));
    symlinkSync('/dev/not-there', join(byUuid, 'CCCC'));
    expect(await fileSystemOf(temporaryFolder(), byUuid)).toBeNull();
    expect(await fileSystemOf('/not/there', byUuid)).toBeNull();
  });
});
