import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import { createEventBus } from '@main/events/bus';
import type { RunEnded } from '@main/events/run-events';
import { identifyProcess, isAlive, type ProcessIdentity } from '@main/process/identity';
import { finishLeftovers } from '@main/recorder/leftovers';
import { findOpenRuns } from '@main/recorder/open-runs';
import {
  readRunRecord,
  type RunFolder,
  runFolderAt,
  type RunRecord,
  writeRunRecord,
} from '@main/recorder/run-files';
import { workspaceAt } from '@main/recorder/workspace';
import { capturesNow, watchCaptures } from '../../support/capture-watch';
import { recordingFolder } from '../../support/captures';
import { deadRun } from '../../support/dead-run';
import { keptRuns } from '../../support/kept-sound';
import { recordingLogger } from '../../support/recording-logger';
import { addSweep, segmentsKept, statusWhen } from '../../support/short-recorder';
import { soon } from '../../support/soon';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';

const DEVICE = 'sim-1';

interface Left {
  readonly dataDir: string;
  readonly recorderDir: string;
  readonly folder: RunFolder;
  readonly record: RunRecord;
  readonly process: ProcessIdentity;
}

/** A console that has let go of a capture that goes on. */
async function captureLeft(): Promise<Left> {
  const dataDir = recordingFolder();
  const first = await testStation({ dataDir });
  await first.station.start();
  await addSweep(first);
  await segmentsKept(first, DEVICE, 1);
  await first.station.stop('hand_over');
  const recorderDir = join(dataDir, 'recorder');
  const [open] = await findOpenRuns(recorderDir);
  const { record, process: capture, runId } = open!;
  onTestFinished(() => {
    // Some tests take its number out of the record.
    if (existsSync(`/proc/${String(capture!.pid)}`)) process.kill(capture!.pid, 'SIGKILL');
  });
  const folder = runFolderAt(join(recorderDir, DEVICE), runId);
  return { dataDir, recorderDir, folder, record: record!, process: capture! };
}

describe('a capture that goes on', () => {
  it('whose record cannot be read now is left alone with its device, and taken over as soon as it can be', async () => {
    const left = await captureLeft();
    // Reading a folder fails, and not because there is nothing.
    renameSync(left.folder.recordFile, `${left.folder.recordFile}.away`);
    mkdirSync(left.folder.recordFile);
    const second = await testStation({ dataDir: left.dataDir });
    await second.station.start();
    const waiting = await statusWhen(second, DEVICE, { state: 'waiting', runId: null });
    expect(waiting.lastError).toMatchObject({ code: 'DEVICE_BUSY' });
    expect(waiting.lastError?.detail).toMatch(/its record cannot be read now: EISDIR/);
    await delay(3_000);
    expect(capturesNow(left.dataDir).map(({ pid }) => pid)).toEqual([left.process.pid]);
    rmdirSync(left.folder.recordFile);
    renameSync(`${left.folder.recordFile}.away`, left.folder.recordFile);
    const taken = await statusWhen(second, DEVICE, { state: 'recording', adopted: true });
    expect(taken).toMatchObject({ runId: left.record.runId, lastError: null });
    await segmentsKept(second, DEVICE, 2);
    await second.station.stop();
    const runs = await keptRuns(left.dataDir, DEVICE);
    expect(runs.map(({ runId, sequences }) => [runId, sequences])).toEqual([
      [left.record.runId, runs[0]!.sequences.map((_, i) => i)],
    ]);
  });

  it('of a newer console is left alone as long as it lives, and its record for good', async () => {
    const left = await captureLeft();
    const text = JSON.stringify({ ...left.record, version: 2, config: 'of another kind' });
    writeFileSync(left.folder.recordFile, text);
    const second = await testStation({ dataDir: left.dataDir });
    await second.station.start();
    const waiting = await statusWhen(second, DEVICE, { state: 'waiting', runId: null });
    expect(waiting.lastError).toMatchObject({ code: 'DEVICE_BUSY' });
    await delay(2_500);
    expect(capturesNow(left.dataDir).map(({ pid }) => pid)).toEqual([left.process.pid]);
    process.kill(left.process.pid, 'SIGINT');
    const next = await statusWhen(second, DEVICE, { state: 'recording', lastError: null });
    expect(next.runId).not.toBe(left.record.runId);
    await second.station.stop();
    expect(readFileSync(left.folder.recordFile, 'utf8')).toBe(text);
  });

  it('whose record is nonsense is ended and kept; until it has ended, nothing is begun beside it', async () => {
    const left = await captureLeft();
    writeFileSync(left.folder.recordFile, '{"version":1,"runId":');
    // Only SIGKILL ends it, eight seconds later.
    process.kill(left.process.pid, 'SIGSTOP');
    const { doubled } = watchCaptures(left.dataDir);
    const second = await testStation({ dataDir: left.dataDir });
    await second.station.start();
    await statusWhen(second, DEVICE, { state: 'recording' }, 25_000);
    expect(doubled()).toEqual([]);
    expect(await isAlive(left.process)).toBe(false);
    await vi.waitFor(
      async () => {
        expect((await readRunRecord(left.folder))?.ended).not.toBeNull();
      },
      { timeout: 20_000, interval: 50 },
    );
    await second.station.stop();
    // What could not be understood is not thrown away.
    expect(readFileSync(`${left.folder.recordFile}.damaged`, 'utf8')).toBe('{"version":1,"runId":');
    const [old] = await keptRuns(left.dataDir, DEVICE);
    expect(old!.runId).toBe(left.record.runId);
    expect(old!.sequences).toEqual(old!.sequences.map((_, i) => i));
  });
});

describe('a stranger that handles the files of a run', () => {
  async function stranger(file: string): Promise<ChildProcess & { pid: number }> {
    const child = spawn('sh', ['-c', 'sleep 60 & wait', 'player', file], { stdio: 'ignore' });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await once(child, 'spawn');
    return child as ChildProcess & { pid: number };
  }

  it.each([
    [
      'a recording',
      (run: RunRecord) => `data/raw/2026-05-01T03-30-00Z_1s_${run.runId}_00000000.wav`,
    ],
    ['a file in the buffer', (run: RunRecord) => `.buffer/raw/${run.runId}_00000001.wav`],
  ])('such as %s is neither taken for its capture nor ended', async (_, fileOf) => {
    const left = await captureLeft();
    process.kill(left.process.pid, 'SIGINT');
    await soon(async () => {
      expect(await isAlive(left.process)).toBe(false);
    });
    writeFileSync(left.folder.recordFile, JSON.stringify({ ...left.record, process: null }));
    const player = await stranger(join(left.recorderDir, DEVICE, fileOf(left.record)));
    const identity = (await identifyProcess(player.pid))!;
    const [open] = await findOpenRuns(left.recorderDir);
    expect(open).toMatchObject({ runId: left.record.runId, process: null });
    const second = await testStation({ dataDir: left.dataDir });
    await second.station.start();
    const status = await statusWhen(second, DEVICE, { state: 'recording', adopted: false });
    expect(status.runId).not.toBe(left.record.runId);
    await soon(async () => {
      expect((await readRunRecord(left.folder))?.ended?.why).toMatch(/found dead/);
    });
    expect(await isAlive(identity)).toBe(true);
    await second.station.stop();
  });
});

describe('a run that ends while others are being finished', () => {
  it('is not finished again from what it was before', async () => {
    const dataDir = temporaryFolder();
    const one = deadRun(dataDir, { runId: '0a1b2c3d' });
    one.pair(0);
    const bus = createEventBus();
    const ended: RunEnded[] = [];
    bus.on('run.ended', (run) => ended.push(run));
    const record = (await readRunRecord(one.folder))!;
    const asItEnded = { ...record, ended: { wallMs: 42, why: 'stopped' } };
    const waiting = await finishLeftovers(
      {
        clock: systemClock,
        logger: recordingLogger(),
        ffmpeg: 'ffmpeg',
        recorderDir: join(dataDir, 'recorder'),
        livePort: () => Promise.resolve(null),
        bus,
        clockSynced: () => true,
        describe: () => new Map(),
      },
      {
        // It was ours when the runs were listed; by the time it is its turn, it has ended and kept all of it.
        isOurs: () => {
          for (const stream of ['raw', 'processed'] as const) {
            const { fileName } = one.entry(0);
            renameSync(one.buffer(stream, 0), join(one.workspace.data[stream], fileName));
          }
          writeFileSync(one.folder.recordFile, JSON.stringify(asItEnded));
          return false;
        },
        finishing: new Set(),
        mayEnd: () => true,
      },
    );
    expect(waiting).toBe(0);
    expect(ended).toEqual([]);
    expect(await readRunRecord(one.folder)).toEqual(asItEnded);
  });
});

describe('a workspace that cannot be looked through', () => {
  it('takes no capture as long as nobody knows what goes on there; the others do', async () => {
    const dataDir = recordingFolder();
    const recorderDir = join(dataDir, 'recorder');
    const first = await testStation({ dataDir, simulate: 2 });
    await first.station.start();
    await statusWhen(first, 'sim-1', { state: 'recording' });
    await statusWhen(first, 'sim-2', { state: 'recording' });
    await first.station.stop();
    // Names that lead in a circle: listing fails, and not because there is nothing.
    const runs = join(recorderDir, 'sim-1', 'runs');
    renameSync(runs, `${runs}.away`);
    symlinkSync(runs, runs);
    const second = await testStation({ dataDir });
    await second.station.start();
    await statusWhen(second, 'sim-2', { state: 'recording' });
    const held = await statusWhen(second, 'sim-1', { state: 'waiting', runId: null });
    expect(held.lastError?.detail).toMatch(/cannot be seen: ELOOP/);
    expect(capturesNow(dataDir)).toHaveLength(1);
    unlinkSync(runs);
    renameSync(`${runs}.away`, runs);
    await statusWhen(second, 'sim-1', { state: 'recording' });
    await second.station.stop();
  });
});

describe('a capture that could not be written down', () => {
  it('is ended, and its run is finished by the console that began it', async () => {
    const dataDir = recordingFolder();
    const recorderDir = join(dataDir, 'recorder');
    const runsDir = join(workspaceAt(recorderDir, DEVICE).path, 'runs');
    let broken: string | null = null;
    const test = await testStation({
      dataDir,
      clock: {
        ...systemClock,
        // Asked between the plan of the first run and its process: from then on its record cannot be written.
        wallMs: () => {
          const [runId] = existsSync(runsDir) ? readdirSync(runsDir) : [];
          if (broken === null && runId !== undefined) {
            const record = join(runsDir, runId, 'run.json');
            if (existsSync(record)) {
              broken = `${record}.${String(process.pid)}.tmp`;
              mkdirSync(broken);
            }
          }
          return systemClock.wallMs();
        },
      },
    });
    await test.station.start();
    await addSweep(test);
    await soon(() => {
      expect(test.recorder(DEVICE).restarts).toBe(1);
    });
    expect(capturesNow(dataDir)).toEqual([]);
    rmdirSync(broken!);
    const next = await statusWhen(test, DEVICE, { state: 'recording' });
    await vi.waitFor(
      () => {
        expect(readdirSync(runsDir)).toEqual([next.runId]);
      },
      { timeout: 20_000, interval: 100 },
    );
    await test.station.stop();
  });
});

it('a record that was written is read back', async () => {
  const dataDir = temporaryFolder();
  const run = deadRun(dataDir);
  const record = (await readRunRecord(run.folder))!;
  await writeRunRecord(run.folder, record);
  expect(await readRunRecord(run.folder)).toEqual(record);
});
