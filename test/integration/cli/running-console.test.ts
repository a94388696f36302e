import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { deviceSchema } from '@shared/model/device';
import { profileEntrySchema } from '@shared/model/profile';
import { recordingSchema } from '@shared/model/recording';
import { settingsSchema } from '@shared/model/settings';
import { type StationSnapshot, stationSnapshotSchema } from '@shared/model/station';
import { station } from '../../support/built-console';
import { endCaptures, livingCaptures } from '../../support/captures';
import { commandLine } from '../../support/command-line';
import { runConsole, type RunningConsole } from '../../support/running-console';

let dataDir: string;
let console_: RunningConsole;

interface Said {
  readonly exitCode: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** A command line, carried out in this process: the way to the console is the same, and faster. */
async function type(...args: string[]): Promise<Said> {
  const { exitCode, out, err } = await commandLine([...args, '--data', dataDir]);
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}

/** The same by the program that is shipped, as a process of its own. */
async function typeForReal(...args: string[]): Promise<Said> {
  const { exitCode, stdout, stderr } = await station([...args, '--data', dataDir]);
  return { exitCode, out: stdout, err: stderr };
}

async function json<S extends z.ZodType>(schema: S, ...args: string[]): Promise<z.infer<S>> {
  const { exitCode, out, err } = await type(...args, '--json');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return schema.parse(JSON.parse(out));
}

const snapshot = (): Promise<StationSnapshot> => json(stationSnapshotSchema, 'status');
const recordingList = z.strictObject({ total: z.number(), items: z.array(recordingSchema) });

/** What each command prints with `--json`. */
const DOCUMENTS: readonly [string[], z.ZodType][] = [
  [['status'], stationSnapshotSchema],
  [['devices'], z.array(deviceSchema).length(2)],
  [['profiles'], z.array(profileEntrySchema).min(8)],
  [['recordings'], recordingList],
  [['recordings', '--limit', '1', '--device', 'sim-1', '--from', '2020-01-01'], recordingList],
  [['settings', 'get'], settingsSchema],
  [['settings', 'get', 'system.station_name'], z.string()],
  [['settings', 'get', 'system.latitude'], z.null()],
  [['settings', 'set', 'display.brightness', '80'], z.literal(80)],
];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  console_ = runConsole([
    ...['--data', dataDir, '--simulate', '2', '--profile', 'generic_usb', '--segment', '2s'],
  ]);
  await console_.line((line) => line['type'] === 'recording');
});

afterAll(async () => {
  await console_.kill();
  await endCaptures(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

// In order: while the console runs, while it stops, when it is gone.
describe('while a console runs on the folder', () => {
  it('it has said what it does, a document a line', () => {
    expect(console_.lines[0]).toMatchObject({ type: 'started', pid: console_.child.pid, dataDir });
    expect(console_.lines).toContainEqual(
      expect.objectContaining({ type: 'recorder', device: 'sim-1', state: 'recording' }),
    );
    for (const line of console_.lines) {
      expect(Object.keys(line)).toEqual(expect.arrayContaining(['at', 'type']));
    }
  });

  it.each(DOCUMENTS)('%j --json is one document', async (args, schema) => {
    await json(schema, ...args);
  });

  it('the answers are those of the running console', async () => {
    const { station: running, recorders, services } = await snapshot();
    expect(running).toMatchObject({ running: true, shell: 'headless', dataDir });
    expect(recorders.map(({ device, state }) => [device, state])).toEqual([
      ['sim-1', 'recording'],
      ['sim-2', 'recording'],
    ]);
    expect(services.map(({ state }) => state)).not.toContain('stopped');
  });

  it('the shipped program says the same', async () => {
    const { exitCode, out, err } = await typeForReal('status', '--json');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(stationSnapshotSchema.parse(JSON.parse(out)).station.running).toBe(true);
  });

  it('a person reads the same', async () => {
    expect((await type('status')).out).toMatch(
      /The console runs \(headless\)[\s\S]*sim-1: RECORDING/,
    );
    expect((await type('devices')).out).toMatch(/^DEVICE .*\nsim-1 .*simulated/);
    expect((await type('recordings', '--limit', '1')).out).toMatch(
      /^ID .*\n.*\n1 of \d+ recordings$/,
    );
    expect((await type('settings', 'get')).out).toMatch(/^system\.max_recorders +5$/m);
  });

  it('a setting that is set takes effect in it, and stays', async () => {
    expect((await type('settings', 'set', 'system.station_name', 'Wald')).out).toBe('Wald');
    expect((await snapshot()).station.name).toBe('Wald');
    await type('settings', 'set', 'system.max_recorders', '1');
    await vi.waitFor(
      async () => {
        const { recorders } = await snapshot();
        expect(recorders.map(({ desiredReason }) => desiredReason)).toEqual([
          'should_record',
          'recorder_limit',
        ]);
      },
      { timeout: 20_000, interval: 200 },
    );
    await type('settings', 'set', 'system.max_recorders', '5');
  });

  it('a value that is not allowed is refused in one sentence, and the old one stays', async () => {
    const { exitCode, out, err } = await type('settings', 'set', 'system.max_recorders', '99');
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/^system\.max_recorders: .*\S$/);
    expect((await type('settings', 'get', 'system.max_recorders')).out).toBe('5');
  });

  it('a second one is refused in one sentence that names it', async () => {
    // The first one may just make pictures of its first recording.
    const seen = (): string[] => readdirSync(dataDir).filter((name) => name !== 'derived');
    const before = seen();
    const { exitCode, out, err } = await typeForReal('run', '--for', '1s');
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toBe(
      `A console is already running on ${dataDir} (process ${console_.child.pid}). Stop it first, or choose another folder with --data.`,
    );
    expect(seen()).toEqual(before);
  });

  it('one that hangs is not waited for without end', async () => {
    console_.child.kill('SIGSTOP');
    try {
      const started = performance.now();
      const { exitCode, err } = await typeForReal('status');
      expect(exitCode).toBe(1);
      expect(err).toMatch(
        new RegExp(`^A console is already running on .* \\(process ${console_.child.pid}\\)`),
      );
      expect(performance.now() - started).toBeLessThan(20_000);
    } finally {
      console_.child.kill('SIGCONT');
    }
  });
});

describe('when it is asked to stop', () => {
  it('it ends well, says so, and leaves no capture and no socket', async () => {
    expect(await console_.stop('SIGTERM')).toBe(0);
    expect(console_.errors()).toBe('');
    const kinds = console_.lines.map((line) => line['type']);
    expect(kinds.slice(kinds.indexOf('stopping'))).toContain('recording'); // the last segment is kept
    expect(kinds.at(-1)).toBe('stopped');
    expect(await livingCaptures(dataDir)).toEqual([]);
    expect(readdirSync(dataDir)).not.toContain('console.sock');
  });
});

describe('when no console runs', () => {
  it.each(DOCUMENTS)('%j --json is one document', async (args, schema) => {
    await json(schema, ...args);
  });

  it('the answers are those of the folder', async () => {
    const { station: resting, recorders } = await snapshot();
    expect(resting).toMatchObject({ running: false, shell: 'none', startedAt: null, name: 'Wald' });
    expect(recorders.map(({ state, desiredReason }) => [state, desiredReason])).toEqual([
      ['idle', 'console_stopped'],
      ['idle', 'console_stopped'],
    ]);
    expect((await type('status')).out).toMatch(/No console is running .*: it was stopped at 2/);
  });

  it('lists what was recorded, with its hashes', async () => {
    const { total, items } = await json(recordingList, 'recordings', '--limit', '100000');
    expect(items).toHaveLength(total);
    expect(total).toBeGreaterThan(2);
    expect(items.every(({ raw }) => typeof raw?.sha256 === 'string')).toBe(true);
    const [newest] = items;
    expect((await json(recordingList, 'recordings', '--limit', '1')).items).toEqual([newest]);
    expect(await type('recordings', '--device', 'nobody')).toMatchObject({
      exitCode: 1,
      err: 'There is no device "nobody".',
    });
    expect((await json(recordingList, 'recordings', '--to', '2020-01-01')).total).toBe(0);
  });

  it('a setting can be set all the same', async () => {
    await type('settings', 'set', 'system.station_name', 'null');
    expect(await json(z.string(), 'settings', 'get', 'system.station_name')).toBe('null');
  });

  it('asking for two simulated microphones again makes no more of them', async () => {
    const { exitCode, out } = await typeForReal(
      'run',
      '--simulate',
      '2',
      '--segment',
      '1s',
      '--for',
      '2500ms',
      '--json',
    );
    expect(exitCode).toBe(0);
    const lines = out
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; device?: string });
    expect(new Set(lines.map(({ type: kind }) => kind))).toEqual(
      new Set(['started', 'recorder', 'recording', 'stopping', 'stopped']),
    );
    expect((await json(z.array(deviceSchema), 'devices')).map(({ name }) => name)).toEqual([
      'sim-1',
      'sim-2',
    ]);
  });
});
