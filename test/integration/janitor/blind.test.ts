import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { oldestFiles } from '@main/janitor/oldest-files';
import { diskAt } from '../../support/roomy-disk';
import { retentionFolder, type RetentionFolder } from '../../support/retention-folder';
import { soon } from '../../support/soon';
import { temporaryFolder } from '../../support/temporary-folder';

// Whatever is forced to the disk is forced to memory: no test here is about the disk itself.
const MEMORY = '/dev/shm';
beforeEach(() => {
  if (existsSync(MEMORY)) vi.stubEnv('TMPDIR', MEMORY);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function put(root: string, path: string, ageS = 3600): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), 'sound');
  const then = Date.now() / 1000 - ageS;
  utimesSync(join(root, path), then, then);
  return path;
}

const NAME = (hour: string) => `2026-05-01T${hour}-00-00Z_10s_aaaaaaaa_00000001.wav`;

describe('the oldest files', () => {
  it('are those of the recorders that the station has named, pairs together, by the time in their name', async () => {
    const root = temporaryFolder();
    const old = put(root, `recorder/b/data/raw/${NAME('01')}`);
    const pair = ['raw', 'processed'].map((stream) =>
      put(root, `recorder/a/data/${stream}/${NAME('02')}`),
    );
    put(root, `recorder/a/data/raw/${NAME('03')}`);
    put(root, `recorder/a/.buffer/raw/${NAME('00')}`);
    put(root, `recorder/a/data/raw/notes.wav`);
    put(root, 'imported/ab/x.wav');
    put(root, `recorder/a/data/raw/${NAME('00')}`, 5); // written a moment ago
    symlinkSync(
      '/etc/passwd',
      join(root, `recorder/a/data/raw/2026-04-01T00-00-00Z_10s_aaaaaaaa_00000001.wav`),
    );
    const found = await oldestFiles(root, 3, Date.now());
    expect(found.map(({ paths }) => paths)).toEqual([[old], pair]);
    expect((await oldestFiles(root, 100, Date.now())).length).toBe(3);
  });

  it('are found among many without holding more than a few', async () => {
    const root = temporaryFolder();
    for (let n = 0; n < 300; n += 1) {
      const minute = String(n % 60).padStart(2, '0');
      const hour = String(Math.floor(n / 60)).padStart(2, '0');
      put(
        root,
        `recorder/a/data/raw/2026-05-01T${hour}-${minute}-00Z_10s_aaaaaaaa_${String(300 - n).padStart(8, '0')}.wav`,
      );
    }
    const found = await oldestFiles(root, 10, Date.now());
    expect(found.map(({ startMs }) => startMs)).toEqual(
      Array.from({ length: 10 }, (_, n) => Date.UTC(2026, 4, 1) + n * 60_000),
    );
    expect(await oldestFiles(join(root, 'nothing'), 10, Date.now())).toEqual([]);
  });
});

describe('a janitor whose database does not answer', () => {
  const broken = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
  const down = (folder: RetentionFolder, isDown: () => boolean) => {
    const threads = folder.janitor; // the real one, but for what it cannot ask
    return threads({
      interrupted: {
        heal: () => (isDown() ? Promise.reject(broken) : folder.interrupted().heal()),
      },
      measure: () => Promise.resolve(folder.usage),
    });
  };
  const pass = async (folder: RetentionFolder, seconds: number): Promise<void> => {
    const rests = () =>
      soon(() => {
        expect(folder.clock.sleeping).toBe(1);
      });
    for (let n = 0; n < seconds; n += 1) {
      await rests();
      await folder.clock.advance(1_000);
    }
    await rests();
  };

  it('does nothing in housekeeping and defensive, and in panic lets the oldest files go after a while; the database is told later', async () => {
    const folder = retentionFolder();
    folder.remote();
    const made = [1, 2].map(() => folder.recording());
    let isDown = true;
    const janitor = down(folder, () => isDown);
    folder.usage = diskAt(85);
    await janitor.start();
    await pass(folder, 61);
    expect(made.flatMap(({ paths }) => paths).every(folder.isHere)).toBe(true);
    expect(janitor.status()).toMatchObject({ state: 'degraded', details: 'disk I/O error' });
    folder.usage = diskAt(95);
    // Written as long ago as their names say.
    for (const { paths } of made) {
      for (const path of paths) utimesSync(join(folder.root, path), 0, 0);
    }
    folder.held = 'The data disk is read-only.';
    await pass(folder, 20);
    expect(made.flatMap(({ paths }) => paths).every(folder.isHere)).toBe(true);
    folder.held = null;
    await pass(folder, 8);
    expect(made.flatMap(({ paths }) => paths).some(folder.isHere)).toBe(false);
    expect(folder.alerts.get('janitor.blind')).toContain('2 recordings');
    expect(folder.deletions()).toEqual([]);
    expect(await folder.journal.read()).toHaveLength(2);
    expect(await janitor.janitorStatus()).toMatchObject({ blind: true });
    isDown = false;
    folder.usage = diskAt(60);
    await pass(folder, 61);
    expect(folder.deletions()).toMatchObject(
      made.map(({ id }) => ({ recording_id: id, mode: 'panic', safe: null })),
    );
    expect(made.map(({ id }) => folder.row(id).local_deleted)).toEqual([1, 1]);
    expect(folder.alerts.has('janitor.blind')).toBe(false);
    expect(janitor.status().state).toBe('ok');
  });

  it('takes no more than relieves the disk', async () => {
    const folder = retentionFolder();
    const made = Array.from({ length: 120 }, () => folder.recording());
    for (const { paths } of made) {
      for (const path of paths) utimesSync(join(folder.root, path), 0, 0);
    }
    const left = () => made.filter(({ paths }) => paths.some(folder.isHere)).length;
    const janitor = folder.janitor({
      interrupted: { heal: () => Promise.reject(broken) },
      measure: () => Promise.resolve(diskAt(left() > 80 ? 95 : 85)),
    });
    await janitor.start();
    await pass(folder, 20);
    expect(left()).toBe(70); // in parts of fifty, the oldest first
    expect(made.slice(0, 50).some(({ paths }) => paths.some(folder.isHere))).toBe(false);
  });
});
