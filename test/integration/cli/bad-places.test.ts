import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StationSnapshot } from '@shared/model/station';
import { connect } from '@main/database/connection';
import { commandLine, INSTALLATION, type Said } from '../../support/command-line';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { migrationsOfNew } from '../../support/migration-folders';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

function expectOneSentence({ exitCode, out, err }: Said, sentence: RegExp): void {
  expect({ exitCode, out, lines: err.length }).toEqual({ exitCode: 1, out: [], lines: 1 });
  expect(err[0]).toMatch(sentence);
  expect(err[0]).not.toMatch(/\n|Error:|not foreseen/);
}

/** Everything below a folder, to see that nothing came or went. */
const everything = (folder: string): string[] =>
  readdirSync(folder, { recursive: true }).map(String).sort();

const COMMANDS = [['run', '--for', '1s'], ['status'], ['settings', 'get']];

describe.each(COMMANDS)('%s', (...command: string[]) => {
  it('on a folder that is a file says so and touches nothing', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'data'), 'mine');
    const said = await commandLine([...command, '--data', join(folder, 'data')]);
    expectOneSentence(
      said,
      command[0] === 'run' ? /is not a folder: a file is in the way/ : /There is no station in/,
    );
    expect(everything(folder)).toEqual(['data']);
    expect(readFileSync(join(folder, 'data'), 'utf8')).toBe('mine');
  });
});

describe.each([
  ['run', '--for', '1s'],
  ['stop', 'sim-1'],
  ['settings', 'set', 'display.brightness', '80'],
])('%s, which writes,', (...command: string[]) => {
  it.runIf(mayMount())('on a read-only disk says so', async () => {
    const mounted = mountedFolder({ sizeKb: 4096 });
    const { station } = await testStation({ dataDir: mounted.path });
    await station.stop();
    const before = everything(mounted.path);
    mounted.makeReadOnly();
    expectOneSentence(
      await commandLine([...command, '--data', mounted.path]),
      /cannot be written: the disk is mounted read-only\. Choose another one with --data\.$/,
    );
    expect(everything(mounted.path)).toEqual(before);
  });
});

describe.each([['status'], ['devices'], ['profiles'], ['recordings'], ['settings', 'get']])(
  '%s',
  (...command) => {
    it('where no station is says so and makes none', async () => {
      const folder = temporaryFolder();
      for (const place of [folder, join(folder, 'gone')]) {
        expectOneSentence(
          await commandLine([...command, '--data', place, '--json']),
          /^There is no station in \/.*"run" makes one/,
        );
      }
      expect(everything(folder)).toEqual([]);
    });
  },
);

describe('what ships with the station', () => {
  const broken = (change: (resources: string) => void): string => {
    const resources = join(temporaryFolder(), 'resources');
    cpSync(INSTALLATION.resourcesDir, resources, { recursive: true });
    change(resources);
    return resources;
  };
  const run = async (resourcesDir: string): Promise<{ said: Said; data: string }> => {
    const data = join(temporaryFolder(), 'data');
    return {
      said: await commandLine(['run', '--for', '1s', '--data', data], { resourcesDir }),
      data,
    };
  };

  it.each<[string, (resources: string) => void, RegExp]>([
    [
      'a profile with a wrong type',
      (resources) => {
        const file = join(resources, 'profiles/generic_usb.yml');
        writeFileSync(
          file,
          readFileSync(file, 'utf8').replace(/sample_rate: \d+/, 'sample_rate: fast'),
        );
      },
      /generic_usb\.yml: audio\.sample_rate: expected number, received string$/,
    ],
    [
      'a profile that is no YAML',
      (resources) => {
        writeFileSync(join(resources, 'profiles/generic_usb.yml'), 'slug: [');
      },
      /generic_usb\.yml: line \d+: not valid YAML/,
    ],
    [
      'a default of a wrong type',
      (resources) => {
        const file = join(resources, 'defaults.yml');
        writeFileSync(
          file,
          readFileSync(file, 'utf8').replace(/max_recorders: \d+/, 'max_recorders: many'),
        );
      },
      /defaults\.yml: system\.max_recorders: expected number, received string$/,
    ],
    [
      'a default that nobody knows',
      (resources) => {
        appendFileSync(join(resources, 'defaults.yml'), '\ncolour: red\n');
      },
      /defaults\.yml: colour: no such key$/,
    ],
  ])('%s is named with its file and place, and nothing is written', async (_, change, sentence) => {
    const { said, data } = await run(broken(change));
    expectOneSentence(said, sentence);
    expect(existsSync(data)).toBe(false);
  });
});

describe('ffmpeg', () => {
  it.each<[string, (folder: string) => string, RegExp]>([
    [
      'is not there',
      () => '/nonexistent/ffmpeg',
      /^ffmpeg was not found \("\/nonexistent\/ffmpeg"\)/,
    ],
    [
      'is another program',
      () => '/bin/true',
      /^"\/bin\/true -version" does not answer as ffmpeg does/,
    ],
    [
      'may not be run',
      (folder) => {
        writeFileSync(join(folder, 'ffmpeg'), '#!/bin/sh\n', { mode: 0o600 });
        return join(folder, 'ffmpeg');
      },
      /ffmpeg.*nothing can be recorded/,
    ],
  ])('that %s: said in one sentence, and nothing is made', async (_, program, sentence) => {
    const before = process.env['SILVASONIC_FFMPEG'];
    const folder = temporaryFolder();
    process.env['SILVASONIC_FFMPEG'] = program(folder);
    try {
      const data = join(folder, 'data');
      expectOneSentence(await commandLine(['run', '--for', '1s', '--data', data]), sentence);
      expect(existsSync(data)).toBe(false);
    } finally {
      if (before === undefined) delete process.env['SILVASONIC_FFMPEG'];
      else process.env['SILVASONIC_FFMPEG'] = before;
    }
  });
});

describe('a database of a newer console', () => {
  it('is refused in one sentence', async () => {
    const dataDir = temporaryFolder();
    const migrationsDir = migrationsOfNew('create table later (id integer);');
    const { station } = await testStation({ dataDir, migrationsDir });
    await station.stop();
    for (const command of COMMANDS) {
      expectOneSentence(
        await commandLine([...command, '--data', dataDir]),
        /was written by a newer version of the console/,
      );
    }
  });
});

describe('a profile that does not exist', () => {
  it('is named, and the station stops again', async () => {
    const data = join(temporaryFolder(), 'data');
    const args = ['run', '--simulate', '1', '--profile', 'nope', '--for', '1s', '--data', data];
    expectOneSentence(await commandLine(args), /^There is no profile "nope"\.$/);
    mkdirSync(data, { recursive: true });
    expect(existsSync(join(data, 'console.sock'))).toBe(false);
  });
});

describe('a stored setting that is broken', () => {
  it('is shown with the default that stands in for it; status tells; setting it mends it', async () => {
    const dataDir = temporaryFolder();
    const { station } = await testStation({ dataDir });
    await station.stop();
    const { sqlite } = connect(join(dataDir, 'station.db'));
    sqlite.exec(
      `update system_config set value = '{"max_recorders":"many"}' where section = 'system'`,
    );
    sqlite.close();

    const data = ['--data', dataDir];
    const asked = await commandLine(['settings', 'get', 'system.max_recorders', ...data]);
    expect(asked).toEqual({ exitCode: 0, out: ['5'], err: [] });
    const alertsNow = async (): Promise<unknown> => {
      const { out } = await commandLine(['status', '--json', ...data]);
      return (JSON.parse(out[0]!) as StationSnapshot).alerts;
    };
    expect(await alertsNow()).toMatchObject([
      { code: 'setting.invalid', subject: 'system.max_recorders' },
    ]);
    expect((await commandLine(['status', ...data])).out.join('\n')).toMatch(
      /system\.max_recorders is not used, its default is: expected number, received string/,
    );
    await commandLine(['settings', 'set', 'system.max_recorders', '3', ...data]);
    expect(await alertsNow()).toEqual([]);
  });
});
