import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Device } from '@shared/model/device';
import type { StationSnapshot } from '@shared/model/station';
import { carryOut } from '@main/cli/program';
import { commandLine, INSTALLATION } from '../../support/command-line';
import { type MountedFolder, mayMount, mountedFolder } from '../../support/mounted-folder';
import { testStation } from '../../support/test-station';

/** A disk on which a station with one microphone was. */
async function stationDisk(): Promise<MountedFolder> {
  const disk = mountedFolder({ sizeKb: 16_384 });
  const { station } = await testStation({ dataDir: disk.path });
  await station.devices.ensureSimulated(1);
  await station.stop();
  return disk;
}

/** Not a byte is left. @returns the file that took the room */
function fill(folder: string): string {
  const file = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
  expect(statfsSync(folder).bavail).toBe(0);
  return file;
}

const everything = (folder: string): string[] =>
  readdirSync(folder, { recursive: true }).map(String).sort();

const copiesLeft = (): string[] =>
  readdirSync('/dev/shm').filter((name) => name.startsWith('silvasonic-look-'));

describe.runIf(mayMount())('what can be read where nothing can be written', () => {
  it.each<[string, (disk: MountedFolder) => unknown, string]>([
    [
      'on a read-only disk',
      (disk) => {
        disk.makeReadOnly();
      },
      'read_only',
    ],
    ['on a full disk', (disk) => fill(disk.path), 'full'],
  ])('%s is told, and nothing is touched', async (_, spoil, state) => {
    const disk = await stationDisk();
    spoil(disk);
    const before = everything(disk.path);
    const data = ['--data', disk.path];
    const status = await commandLine(['status', '--json', ...data]);
    expect({ exitCode: status.exitCode, err: status.err }).toEqual({ exitCode: 0, err: [] });
    expect((JSON.parse(status.out[0]!) as StationSnapshot).dataDisk.state).toBe(state);
    const devices = await commandLine(['devices', '--json', ...data]);
    expect((JSON.parse(devices.out[0]!) as Device[]).map(({ name }) => name)).toEqual(['sim-1']);
    for (const command of [
      ['recordings'],
      ['coverage'],
      ['schedule', 'sim-1'],
      ['alerts'],
      ['settings', 'get'],
    ]) {
      const { exitCode, err } = await commandLine([...command, ...data]);
      expect({ command, exitCode, err }).toEqual({ command, exitCode: 0, err: [] });
    }
    expect(everything(disk.path)).toEqual(before);
    expect(copiesLeft()).toEqual([]);
  });

  it('on a full disk is not changed, in one sentence', async () => {
    const disk = await stationDisk();
    fill(disk.path);
    const data = ['--data', disk.path];
    for (const command of [
      ['stop', 'sim-1'],
      ['settings', 'set', 'display.brightness', '80'],
    ]) {
      const { exitCode, out, err } = await commandLine([...command, ...data]);
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: [] });
      expect(err.join('\n')).toMatch(/^The (data folder|database) .*(full|disk I\/O error)[^\n]*$/);
    }
  });
});

describe.runIf(mayMount())('a console that starts on a full disk', () => {
  /** @returns the types of its lines */
  async function run(dataDir: string, forTime: string, onWaiting: () => void): Promise<string[]> {
    const types: string[] = [];
    const output = {
      out: (line: string) => {
        const { type } = JSON.parse(line) as { type: string };
        types.push(type);
        if (type === 'waiting') onWaiting();
      },
      err: (line: string) => types.push(line),
    };
    const args = ['run', '--json', '--for', forTime, '--data', dataDir];
    expect(await carryOut(args, INSTALLATION, output)).toBe(0);
    return types;
  }

  it('waits and says so, and comes up when there is room', async () => {
    const disk = await stationDisk();
    const ballast = fill(disk.path);
    const types = await run(disk.path, '4s', () => {
      rmSync(ballast);
    });
    expect(types.slice(0, 2)).toEqual(['waiting', 'started']);
    expect(types.at(-1)).toBe('stopped');
  });

  it('can be stopped while it waits', async () => {
    const disk = await stationDisk();
    fill(disk.path);
    expect(await run(disk.path, '300ms', () => undefined)).toEqual(['waiting']);
  });
});
