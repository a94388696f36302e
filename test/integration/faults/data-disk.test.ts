import { execFileSync } from 'node:child_process';
import {
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { GapReason } from '@shared/model/coverage';
import type { StationSnapshot } from '@shared/model/station';
import { station } from '../../support/built-console';
import { capturesNow } from '../../support/capture-watch';
import { endCaptures, recordingFolder } from '../../support/captures';
import { ffmpegShim, type FfmpegShim } from '../../support/ffmpeg-shim';
import { type HeldStation, heldStation } from '../../support/held-time';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import {
  mayAttachDisks,
  mayMount,
  mountedFolder,
  pluggedDisk,
  type PluggedDisk,
} from '../../support/mounted-folder';
import { gapsOf, openAlerts, rowsOf } from '../../support/operator-view';
import { type RunningConsole, runConsole } from '../../support/running-console';
import { addSweep, segmentsKept, SHORT_RATE } from '../../support/short-recorder';
import { temporaryFolder } from '../../support/temporary-folder';

const DEVICE = 'sim-1';
/** How long each trouble lasts, of the station's time. */
const TROUBLE_MS = 60_000;

interface RecordingStation {
  readonly test: HeldStation;
  readonly shim: FfmpegShim;
}

/** A station that records on a disk, in held time; the starts of its captures are counted. */
async function recordingOn(dataDir: string): Promise<RecordingStation> {
  onTestFinished(() => endCaptures(dataDir));
  const shim = ffmpegShim();
  const test = await heldStation({ dataDir, ffmpeg: shim.path });
  await test.station.start();
  await addSweep(test);
  await recordsAgain(test, 2);
  return { test, shim };
}

async function recordsAgain(test: HeldStation, segments: number): Promise<void> {
  await test.passUntil(() => test.recorder(DEVICE).state === 'recording', 20_000, 20);
  await segmentsKept(test, DEVICE, segments);
}

/** What was heard of the run and reached the disk, in bytes, wherever it lies. */
function heardSoFar(dataDir: string, runId: string): number {
  const files = globSync(join(dataDir, `recorder/${DEVICE}/{data,.buffer}/raw/*${runId}*.wav`));
  return files.reduce((sum, file) => {
    const bytes = readFileSync(file);
    const at = bytes.indexOf('data', 12, 'latin1');
    return sum + (at < 0 ? 0 : soundIn(bytes, at));
  }, 0);
}

function soundIn(bytes: Buffer, at: number): number {
  const declared = bytes.readUInt32LE(at + 4);
  const known = declared !== 0 && declared !== 0xffffffff;
  return known ? Math.min(declared, bytes.length - at - 8) : bytes.length - at - 8;
}

/**
 * Every run that was kept is what was played, from its first sample on. A file system that failed may have kept the
 * length of a file and not its last bytes, which are zeros then: that must have been told.
 * @returns bytes of each
 */
async function trueSound(dataDir: string): Promise<Map<string, number>> {
  const runs = await keptRuns(dataDir, DEVICE);
  for (const { audio, sequences, runId } of runs) {
    expect(sequences, runId).toEqual(sequences.map((_, i) => i));
    const played = knownSignal(SHORT_RATE, Math.ceil(audio.length / 2 / SHORT_RATE) + 1);
    const wrongFrom = audio.findIndex((byte, i) => byte !== played[i]);
    if (wrongFrom < 0) continue;
    const place = `${runId}: ${String(wrongFrom)} of ${String(audio.length)} bytes`;
    expect(audio.findLastIndex((byte) => byte !== 0) + 1, place).toBeLessThanOrEqual(wrongFrom);
    expect(told(dataDir, runId), place).toMatch(/the last \d+ bytes are zeros/);
  }
  return new Map(runs.map(({ runId, audio }) => [runId, audio.length]));
}

/** What the logs say of a run. */
function told(dataDir: string, runId: string): string {
  const lines = globSync(join(dataDir, 'logs/*'))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line.includes(runId));
  return lines.join('\n');
}

/** When each of these alerts was cleared; null: not yet. */
async function clearedAt(test: HeldStation, code: string): Promise<(string | null)[]> {
  const history = await test.client.alerts.history({});
  return history.filter((alert) => alert.code === code).map((alert) => alert.clearedAt);
}

function chattr(change: '+i' | '-i', folders: readonly string[]): void {
  execFileSync('chattr', [change, ...folders]);
}

const foldersIn = (dataDir: string): string[] => [
  dataDir,
  ...globSync(
    join(dataDir, 'recorder{,/*,/*/runs,/*/runs/*,/*/data,/*/data/*,/*/.buffer,/*/.buffer/*}'),
  ),
];

interface Trouble {
  readonly place: () => string;
  readonly strike: (dataDir: string) => void;
  readonly cure: (dataDir: string) => void;
  readonly alert: string;
  readonly evidence: RegExp;
  readonly reason: GapReason;
}

const TROUBLES: readonly (readonly [string, Trouble])[] = [
  [
    'is full (ENOSPC)',
    {
      place: () => mountedFolder({ sizeKb: 48 * 1024 }).path,
      strike: (dataDir) => {
        const fill = 'cat /dev/zero > "$1"/ballast 2>/dev/null || true';
        execFileSync('sh', ['-c', fill, 'sh', dataDir]);
      },
      cure: (dataDir) => {
        rmSync(join(dataDir, 'ballast'));
      },
      alert: 'data_disk.full',
      evidence: /is full: \d+\.\d MB are free/,
      reason: 'disk_full',
    },
  ],
  [
    'has no inode left',
    {
      place: () => mountedFolder({ sizeKb: 48 * 1024, inodes: 600 }).path,
      strike: (dataDir) => {
        mkdirSync(join(dataDir, 'ballast'));
        try {
          for (let n = 0; n < 600; n += 1) writeFileSync(join(dataDir, 'ballast', String(n)), '');
        } catch {
          // Not one more.
        }
      },
      cure: (dataDir) => {
        rmSync(join(dataDir, 'ballast'), { recursive: true });
      },
      alert: 'data_disk.no_inodes',
      evidence: /no room for more files: \d+ inodes are free/,
      reason: 'disk_full',
    },
  ],
  [
    'lets nobody write into its folders (EPERM)',
    {
      place: () => {
        const { path } = mountedFolder({ sizeKb: 48 * 1024 });
        onTestFinished(() => {
          chattr('-i', foldersIn(path));
        });
        return path;
      },
      strike: (dataDir) => {
        chattr('+i', foldersIn(dataDir));
      },
      cure: (dataDir) => {
        chattr('-i', foldersIn(dataDir));
      },
      alert: 'data_disk.failed',
      evidence: /permission is denied/,
      reason: 'disk_failed',
    },
  ],
  [
    'is gone, its folder moved away and an empty one in its place,',
    {
      place: () => {
        const path = join(temporaryFolder(), 'data');
        mkdirSync(path);
        return path;
      },
      strike: (dataDir) => {
        renameSync(dataDir, `${dataDir}-elsewhere`);
        mkdirSync(dataDir);
      },
      cure: (dataDir) => {
        // Only an empty folder can be removed so: nobody wrote into it.
        rmdirSync(dataDir);
        renameSync(`${dataDir}-elsewhere`, dataDir);
      },
      alert: 'data_disk.missing',
      evidence: /Nothing of this station lies in/,
      reason: 'data_disk_missing',
    },
  ],
];

describe('a data disk that', () => {
  it.runIf(mayMount()).each(TROUBLES)(
    '%s raises its alert, is not hammered, and is recorded to again by itself when that is over; nothing that was heard before is lost',
    async (_, { place, strike, cure, alert, evidence, reason }) => {
      const dataDir = place();
      const { test, shim } = await recordingOn(dataDir);
      const { runId } = test.recorder(DEVICE);
      strike(dataDir);
      await vi.waitFor(
        async () => {
          await test.clock.advance(20);
          expect(capturesNow(dataDir)).toEqual([]);
        },
        { timeout: 20_000, interval: 20 },
      );
      await test.passUntil(() => openAlerts(test).includes(alert), 15_000);
      expect(test.station.alerts.open().find(({ code }) => code === alert)).toMatchObject({
        level: 'critical',
        evidence: expect.stringMatching(evidence) as string,
      });
      const { length } = shim.starts();
      for (let passedMs = 0; passedMs < TROUBLE_MS; passedMs += 500) {
        await test.clock.advance(500);
        await delay(2);
      }
      // One try may have been on its way before the trouble was understood.
      expect(shim.starts().length).toBeLessThanOrEqual(length + 1);
      expect(test.recorder(DEVICE).restarts).toBeLessThanOrEqual(2);
      expect(openAlerts(test)).toContain(alert);

      cure(dataDir);
      const heard = heardSoFar(dataDir, runId!);
      await recordsAgain(test, 1);
      await test.passUntil(() => !openAlerts(test).includes(alert), 10_000, 50);
      await vi.waitFor(async () => {
        expect(await clearedAt(test, alert)).toEqual([expect.any(String)]);
      }, 20_000);
      const reasons = (await gapsOf(test, DEVICE)).map((gap) => gap.reason);
      expect(reasons).toContain(reason);
      // What had to wait in the buffer is taken up, and is rows.
      await test.passUntil(
        () => readdirSync(join(dataDir, `recorder/${DEVICE}/.buffer/raw`)).length <= 1,
        40_000,
      );
      const rows = await rowsOf(test, DEVICE, runId!);
      const kept = await trueSound(dataDir);
      expect([...kept.keys()]).toEqual([runId, test.recorder(DEVICE).runId]);
      expect(kept.get(runId!)).toBeGreaterThanOrEqual(heard - (heard % 2));
      const soundS = rows.reduce((sum, { durationS }) => sum + durationS, 0);
      expect(soundS).toBeCloseTo(kept.get(runId!)! / 2 / SHORT_RATE, 3);
    },
  );

  it.runIf(mayMount())(
    'takes what is being written but lets nothing be kept costs not a sample: segments wait in the buffer, and are kept when it does',
    async () => {
      const { path: dataDir } = mountedFolder({ sizeKb: 48 * 1024 });
      const { test, shim } = await recordingOn(dataDir);
      const { runId, segmentsPromoted } = test.recorder(DEVICE);
      const closed = ['raw', 'processed'].map((stream) =>
        join(dataDir, `recorder/${DEVICE}/data`, stream),
      );
      chattr('+i', closed);
      const free = (): void => {
        chattr('-i', closed);
      };
      onTestFinished(free);
      const buffer = join(dataDir, `recorder/${DEVICE}/.buffer/raw`);
      await test.passUntil(() => readdirSync(buffer).length >= 4, 20_000, 5);
      expect(test.recorder(DEVICE)).toMatchObject({ state: 'recording', runId, segmentsPromoted });
      free();
      await test.passUntil(
        () => test.recorder(DEVICE).segmentsPromoted >= segmentsPromoted + 4,
        10_000,
        20,
      );
      expect(test.recorder(DEVICE)).toMatchObject({ state: 'recording', runId, restarts: 0 });
      expect(shim.starts()).toHaveLength(1);
      expect([...(await trueSound(dataDir)).keys()]).toEqual([runId]);
    },
  );

  it('loses the whole folder of a recorder to somebody’s "rm -rf" gets another one, and the recorder goes on in it', async () => {
    const dataDir = recordingFolder();
    const { test, shim } = await recordingOn(dataDir);
    const { runId } = test.recorder(DEVICE);
    rmSync(join(dataDir, 'recorder'), { recursive: true });
    await test.passUntil(
      () => {
        const now = test.recorder(DEVICE);
        return now.state === 'recording' && now.runId !== runId && now.segmentsPromoted > 1;
      },
      40_000,
      20,
    );
    expect(shim.starts().length).toBeLessThanOrEqual(3);
    expect(await trueSound(dataDir)).not.toContain(runId);
    const rows = await rowsOf(test, DEVICE, test.recorder(DEVICE).runId!);
    expect(rows.length).toBeGreaterThan(0);
  });
});

interface DiskFault {
  readonly strike: (disk: PluggedDisk) => void;
  /** What the running console tells of it; null: it cannot even be asked, its door lies on the disk. */
  readonly alert: string | null;
  readonly cure: (disk: PluggedDisk) => void;
  /** What the console has open was lost with the disk: the station is opened anew. */
  readonly reopens: boolean;
}

function repairAndPlugIn(disk: PluggedDisk): void {
  disk.repair();
  disk.plugIn();
}

const DISK_FAULTS: readonly (readonly [string, DiskFault])[] = [
  [
    'is unmounted under it',
    {
      strike: (disk) => {
        disk.unmount();
      },
      alert: null,
      cure: (disk) => {
        disk.mountAgain();
      },
      reopens: false,
    },
  ],
  [
    'answers everything with an error (EIO)',
    {
      strike: (disk) => {
        disk.fail();
      },
      alert: null,
      cure: repairAndPlugIn,
      reopens: true,
    },
  ],
  [
    'turns itself read-only as a worn card does (EROFS)',
    {
      strike: (disk) => {
        disk.turnReadOnly();
      },
      alert: 'data_disk.read_only',
      cure: repairAndPlugIn,
      reopens: true,
    },
  ],
];

/** A console as a process of its own, that records to a disk through a shim. */
function consoleOn(dataDir: string): { readonly console: RunningConsole; shim: FfmpegShim } {
  const shim = ffmpegShim();
  process.env['SILVASONIC_FFMPEG'] = shim.path;
  onTestFinished(() => {
    delete process.env['SILVASONIC_FFMPEG'];
  });
  const profile = ['--profile', 'generic_usb', '--segment', '1s'];
  const console = runConsole(['--data', dataDir, '--simulate', '1', ...profile]);
  onTestFinished(async () => {
    await console.kill();
    await endCaptures(dataDir);
  });
  return { console, shim };
}

async function alertsTold(dataDir: string): Promise<string[]> {
  const { stdout } = await station(['status', '--data', dataDir, '--json']);
  return (JSON.parse(stdout) as StationSnapshot).alerts.map(({ code }) => code);
}

describe('a console whose disk', () => {
  it.runIf(mayAttachDisks()).each(DISK_FAULTS)(
    '%s stays up, writes nothing where the disk was, and records on it again by itself once it is back; what reached the disk is kept',
    async (_, { strike, alert, cure, reopens }) => {
      const disk = pluggedDisk({ sizeMb: 256 });
      const { console, shim } = consoleOn(disk.path);
      const count = (type: string): number =>
        console.lines.filter((line) => line['type'] === type).length;
      const raw = join(disk.path, `recorder/${DEVICE}/data/raw`);
      await vi.waitFor(
        () => {
          expect(count('recording')).toBeGreaterThanOrEqual(2);
        },
        { timeout: 20_000, interval: 50 },
      );
      const before = readdirSync(raw);
      execFileSync('sync', ['-f', disk.path]);
      strike(disk);
      await vi.waitFor(
        () => {
          expect(capturesNow(disk.path)).toEqual([]);
        },
        { timeout: 20_000, interval: 50 },
      );
      if (alert !== null) {
        await vi.waitFor(
          async () => {
            expect(await alertsTold(disk.path)).toContain(alert);
          },
          { timeout: 20_000, interval: 300 },
        );
      }
      const attempts = shim.starts().length;
      await delay(2_200); // the first try after a failure comes after two seconds
      disk.unmount();
      await delay(1_200); // whoever would write has done so: each looks once a second
      expect(readdirSync(disk.path)).toEqual([]);
      expect(shim.starts().length).toBe(attempts);
      expect(attempts).toBeLessThanOrEqual(3);
      expect(console.child.exitCode).toBeNull();

      const kept = count('recording');
      cure(disk);
      await vi.waitFor(
        () => {
          expect(count('reopening')).toBe(reopens ? 1 : 0);
          expect(count('recording')).toBeGreaterThan(kept);
        },
        { timeout: 30_000, interval: 50 },
      );
      await vi.waitFor(
        async () => {
          const told = await alertsTold(disk.path);
          expect(told.filter((code) => code.startsWith('data_disk.'))).toEqual([]);
        },
        { timeout: 20_000, interval: 500 },
      );
      expect(await console.stop()).toBe(0);
      expect(console.errors()).toBe('');
      const runs = await trueSound(disk.path);
      expect(runs.size).toBe(2);
      for (const file of before) expect(readdirSync(raw)).toContain(file);
    },
  );
});
