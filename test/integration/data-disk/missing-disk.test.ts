import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KnownStations } from '@main/data-disk/known-stations';
import { MARKER_NAME } from '@main/data-folder';
import { commandLine } from '../../support/command-line';
import { mayAttachDisks, pluggedDisk } from '../../support/mounted-folder';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

const knownFile = (): string => join(temporaryFolder(), 'known-stations.json');

function stationIdIn(dataDir: string): unknown {
  return (JSON.parse(readFileSync(join(dataDir, MARKER_NAME), 'utf8')) as { stationId: unknown })
    .stationId;
}

/** A station has been here once and is remembered. */
async function remembered(dataDir = join(temporaryFolder(), 'data')) {
  const knownStations = new KnownStations(knownFile());
  const { station } = await testStation({ dataDir, knownStations });
  await station.stop();
  return { dataDir, knownStations, stationId: stationIdIn(dataDir) };
}

describe('a data folder', () => {
  it('is marked when it is made, and keeps its mark', async () => {
    const { dataDir, knownStations, stationId } = await remembered();
    const { station } = await testStation({ dataDir, knownStations });
    await station.stop();
    expect(stationIdIn(dataDir)).toBe(stationId);
  });

  it('of an older version, without a mark, gets one', async () => {
    const { dataDir } = await remembered();
    rmSync(join(dataDir, MARKER_NAME));
    await testStation({ dataDir });
    expect(stationIdIn(dataDir)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('that lost its mark, and only that, is still the same station', async () => {
    const { dataDir, knownStations, stationId } = await remembered();
    rmSync(join(dataDir, MARKER_NAME));
    await testStation({ dataDir, knownStations });
    expect(stationIdIn(dataDir)).toBe(stationId);
  });

  it.each(['', '{', '{"version":1}', '\0\0\0\0'])(
    'with a mark that a failing disk spoilt (%j) opens',
    async (spoilt) => {
      const { dataDir, knownStations, stationId } = await remembered();
      writeFileSync(join(dataDir, MARKER_NAME), spoilt);
      await testStation({ dataDir, knownStations });
      expect(stationIdIn(dataDir)).toBe(stationId);
    },
  );

  it.each(['empty', 'gone'])(
    'that is %s where a station was is refused in one sentence, and nothing is made',
    async (how) => {
      const { dataDir, knownStations, stationId } = await remembered();
      rmSync(dataDir, { recursive: true });
      if (how === 'empty') mkdirSync(dataDir);
      await expect(testStation({ dataDir, knownStations })).rejects.toThrow(
        `The data folder ${dataDir} holds nothing, and station ${String(stationId)} was expected there: is its disk mounted? Use --new-station to start a new one.`,
      );
      if (how === 'empty') expect(readdirSync(dataDir)).toEqual([]);
      else expect(existsSync(dataDir)).toBe(false);
    },
  );

  it('that is empty gets a new station if a person says so, and is known by it then', async () => {
    const { dataDir, knownStations, stationId } = await remembered();
    rmSync(dataDir, { recursive: true });
    const made = await testStation({ dataDir, knownStations, newStation: true });
    await made.station.stop();
    expect(stationIdIn(dataDir)).not.toBe(stationId);
    const { station } = await testStation({ dataDir, knownStations });
    expect(station.alerts.open()).toEqual([]);
  });

  it('that holds another station than the last time opens, says so, and says it once', async () => {
    const { dataDir, knownStations, stationId } = await remembered();
    const other = await remembered();
    rmSync(dataDir, { recursive: true });
    const { renameSync } = await import('node:fs');
    renameSync(other.dataDir, dataDir);
    const swapped = await testStation({ dataDir, knownStations });
    expect(swapped.station.alerts.open()).toMatchObject([
      {
        code: 'data_disk.swapped',
        level: 'warning',
        evidence: expect.stringMatching(
          new RegExp(`^Station ${String(other.stationId)} .* station ${String(stationId)} `),
        ) as unknown,
      },
    ]);
    await swapped.station.stop();
    const { station } = await testStation({ dataDir, knownStations });
    expect(station.alerts.open()).toEqual([]);
  });

  it('whose list of known stations cannot be written opens all the same', async () => {
    const inTheWay = knownFile();
    writeFileSync(inTheWay, '');
    const knownStations = new KnownStations(join(inTheWay, 'known.json'));
    const { station, client } = await testStation({ knownStations });
    expect((await client.station.snapshot()).station.running).toBe(false);
    expect(station.alerts.open()).toEqual([]);
  });

  it.runIf(mayAttachDisks())(
    'on a disk that is not mounted is refused; once it is mounted it opens',
    async () => {
      const disk = pluggedDisk();
      const { knownStations, stationId } = await remembered(disk.path);
      disk.unmount();
      await expect(testStation({ dataDir: disk.path, knownStations })).rejects.toThrow(
        'is its disk mounted?',
      );
      expect(readdirSync(disk.path)).toEqual([]);
      disk.plugIn();
      const { station } = await testStation({ dataDir: disk.path, knownStations });
      expect(stationIdIn(disk.path)).toBe(stationId);
      await station.stop();
    },
  );
});

describe('the command line', () => {
  it('is told of the disk that is missing, and makes a new station only if asked to', async () => {
    const data = join(temporaryFolder(), 'data');
    const run = ['run', '--data', data, '--for', '300ms'];
    expect(await commandLine(run)).toMatchObject({ exitCode: 0 });
    rmSync(data, { recursive: true });
    for (const args of [run, ['status', '--data', data], ['alerts', '--data', data]]) {
      const { exitCode, err } = await commandLine(args);
      expect(exitCode).toBe(1);
      expect(err).toHaveLength(1);
      expect(err[0]).toMatch(
        args === run
          ? /is its disk mounted\? Use --new-station/
          : /is its disk mounted\? No console runs that could tell more; mount it and ask again\.$/,
      );
    }
    expect(existsSync(data)).toBe(false);
    expect(await commandLine([...run, '--new-station'])).toMatchObject({ exitCode: 0 });
    expect(await commandLine(run)).toMatchObject({ exitCode: 0 });
  });

  it('does not remember the folder of a demo', async () => {
    const { out } = await commandLine(['run', '--demo', '--for', '300ms', '--json']);
    const started = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    const { dataDir } = started.find((line) => line['type'] === 'started') ?? {};
    rmSync(String(dataDir), { recursive: true });
    expect(await commandLine(['run', '--data', String(dataDir), '--for', '300ms'])).toMatchObject({
      exitCode: 0,
    });
    rmSync(join(String(dataDir), '..'), { recursive: true });
  });
});
