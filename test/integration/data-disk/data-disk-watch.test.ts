import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import { DataDiskWatch, type DataDiskOptions } from '@main/data-disk/data-disk-watch';
import { ensureMarker } from '@main/data-disk/marker';
import { MARKER_NAME } from '@main/data-folder';
import { createEventBus } from '@main/events/bus';
import { FakeClock } from '../../support/fake-clock';
import { mayAttachDisks, mayMount, mountedFolder, pluggedDisk } from '../../support/mounted-folder';
import { recordingLogger } from '../../support/recording-logger';
import { soon } from '../../support/soon';
import { temporaryFolder } from '../../support/temporary-folder';

const NOBODY = 65534;

/** A watch on a prepared data folder. Its looks are asked for by hand: the disk is real and takes real time. */
async function watching(root: string, options: Partial<DataDiskOptions> = {}) {
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const databaseFile = join(root, 'station.db');
  writeFileSync(databaseFile, 'a database');
  const { stationId } = await ensureMarker(root, null, clock.wallMs());
  const changes: string[] = [];
  bus.on('data_disk.changed', ({ state }) => changes.push(state));
  bus.on('data_disk.replaced', () => changes.push('replaced'));
  const watch = new DataDiskWatch({
    root,
    stationId,
    databaseFile,
    clock,
    bus,
    logger,
    ...options,
  });
  onTestFinished(() => watch.stop());
  await watch.look();
  const look = async (afterMs = 1_000): Promise<string> => {
    await clock.advance(afterMs);
    await watch.look();
    return watch.state().state;
  };
  return { watch, look, clock, changes, logger, stationId };
}

describe('the watch on the data disk', () => {
  it('finds a plain folder well, and leaves nothing in it', async () => {
    const root = temporaryFolder();
    const { watch, look, changes } = await watching(root);
    expect(await look()).toBe('ok');
    expect(watch.usable()).toBe(true);
    expect(watch.status()).toMatchObject({ name: 'data_disk', state: 'ok', details: '' });
    expect(changes).toEqual([]);
    expect(readdirSync(root).sort()).toEqual([MARKER_NAME, 'station.db']);
  });

  it('sees that the folder was removed, makes nothing in its place, and sees it back', async () => {
    const root = join(temporaryFolder(), 'data');
    mkdirSync(root);
    const { watch, look, changes } = await watching(root);
    const elsewhere = `${root}-moved`;
    execFileSync('mv', [root, elsewhere]);
    expect(await look()).toBe('missing');
    expect(watch.usable()).toBe(false);
    expect(watch.state().detail).toContain(root);
    expect(await look(60_000)).toBe('missing');
    expect(() => readdirSync(root)).toThrow('ENOENT');
    execFileSync('mv', [elsewhere, root]);
    expect(await look()).toBe('ok');
    expect(changes).toEqual(['missing', 'ok']); // the same files: nothing was lost
  });

  it('makes the marker anew when that alone was removed, and does not stop recording', async () => {
    const root = temporaryFolder();
    const { look, changes, logger } = await watching(root);
    rmSync(join(root, MARKER_NAME));
    expect(await look()).toBe('ok');
    expect(readdirSync(root)).toContain(MARKER_NAME);
    expect(changes).toEqual([]);
    expect(logger.events()).toContain('data_disk.marked');
  });

  it('does not take the folder of another station for its own', async () => {
    const root = join(temporaryFolder(), 'data');
    mkdirSync(root);
    const { watch, look } = await watching(root);
    execFileSync('mv', [root, `${root}-mine`]);
    mkdirSync(root);
    expect(await look()).toBe('missing');
    const other = await ensureMarker(root, null, 0);
    expect(await look()).toBe('missing');
    rmSync(root, { recursive: true });
    execFileSync('mv', [`${root}-mine`, root]);
    expect(await look()).toBe('ok');
    expect(watch.state().detail).toBe('');
    expect(other.stationId).not.toBe('');
  });

  it('sees that it may not write any more, and that it may again', async () => {
    const root = temporaryFolder();
    chownSync(root, NOBODY, NOBODY);
    const { watch, look } = await watching(root);
    // Root may write everywhere; nobody may not.
    process.seteuid?.(NOBODY);
    onTestFinished(() => {
      process.seteuid?.(0);
    });
    watch.suspect();
    expect(await look()).toBe('ok');
    process.seteuid?.(0);
    chownSync(root, 0, 0);
    chmodSync(root, 0o755);
    process.seteuid?.(NOBODY);
    watch.suspect();
    expect(await look()).toBe('failed');
    expect(watch.state().detail).toContain('permission is denied');
    process.seteuid?.(0);
    expect(await look(10_000)).toBe('ok');
  });

  it.runIf(mayMount())('sees a disk become read-only, soon when somebody suspects it', async () => {
    const disk = mountedFolder({ sizeKb: 4096 });
    const { watch, look, changes } = await watching(disk.path);
    disk.makeReadOnly();
    expect(await look()).toBe('ok'); // nobody has tried to write
    watch.suspect();
    expect(await look()).toBe('read_only');
    disk.makeWritable();
    expect(await look()).toBe('read_only'); // each probe is a write: not every second
    expect(await look(10_000)).toBe('ok');
    disk.makeReadOnly();
    expect(await look(30_000)).toBe('read_only');
    expect(changes).toEqual(['read_only', 'ok', 'read_only']);
  });

  it.runIf(mayMount())('sees a disk fill up before it is full, and room on it again', async () => {
    const disk = mountedFolder({ sizeKb: 10 * 1024 });
    const { watch, look } = await watching(disk.path);
    writeFileSync(join(disk.path, 'big'), Buffer.alloc(9.6 * 1024 * 1024));
    expect(statfsSync(disk.path).bavail).toBeGreaterThan(0);
    expect(await look()).toBe('full');
    expect(watch.state().detail).toMatch(/full: 0\.\d MB are free\.$/);
    // A little room is no room: it would be full again at once.
    writeFileSync(join(disk.path, 'big'), Buffer.alloc(8.8 * 1024 * 1024));
    expect(await look()).toBe('full');
    rmSync(join(disk.path, 'big'));
    expect(await look()).toBe('ok');
  });

  it.runIf(mayMount())(
    'sees that a write finds no room, and tries again once there is more',
    async () => {
      const disk = mountedFolder({ sizeKb: 1024 });
      const none = { fullBelowBytes: 0, curedAboveBytes: 0, fullBelowInodes: 0 };
      const { watch, look } = await watching(disk.path, { reserve: none });
      execFileSync('sh', ['-c', 'cat /dev/zero > "$1"/big 2>/dev/null || true', 'sh', disk.path]);
      watch.suspect();
      expect(await look()).toBe('full');
      rmSync(join(disk.path, 'big'));
      expect(await look()).toBe('ok');
    },
  );

  it.runIf(mayMount())('sees that no more files can be made', async () => {
    const disk = mountedFolder({ sizeKb: 4096, inodes: 100 });
    const { watch, look } = await watching(disk.path);
    expect(await look()).toBe('ok');
    const files = Array.from({ length: 92 }, (_, n) => join(disk.path, `f${String(n)}`));
    for (const file of files) writeFileSync(file, '');
    expect(await look()).toBe('no_inodes');
    expect(watch.state().detail).toContain('inodes are free');
    for (const file of files) rmSync(file);
    expect(await look()).toBe('ok');
  });

  it.runIf(mayAttachDisks())(
    'sees a disk that is unmounted under open files, and the same one back',
    async () => {
      const disk = pluggedDisk();
      const { look, changes } = await watching(disk.path);
      disk.unmount();
      expect(await look()).toBe('missing');
      expect(await look(30_000)).toBe('missing');
      expect(readdirSync(disk.path)).toEqual([]); // nothing was written into the bare mount point
      disk.plugIn();
      expect(await look()).toBe('ok');
      expect(changes).toEqual(['missing', 'replaced', 'ok']);
    },
  );

  it.runIf(mayAttachDisks())('sees a disk whose plug is pulled while it is mounted', async () => {
    const disk = pluggedDisk();
    const { watch, look, changes } = await watching(disk.path);
    disk.fail();
    watch.suspect();
    expect(await look()).toBe('failed');
    expect(watch.state().detail).toContain('EIO');
    disk.unmount();
    expect(await look()).toBe('missing');
    disk.plugIn();
    expect(await look()).toBe('ok');
    expect(changes).toEqual(['failed', 'missing', 'replaced', 'ok']);
  });

  it.runIf(mayAttachDisks())('does not take another disk of its own kind for its own', async () => {
    const disk = pluggedDisk();
    const { watch, look, stationId } = await watching(disk.path);
    disk.unmount();
    const other = mountedFolder({ sizeKb: 4096 });
    await ensureMarker(other.path, null, 0);
    execFileSync('mount', ['--bind', other.path, disk.path]);
    let bound = true;
    const unbind = (): void => {
      if (bound) execFileSync('umount', [disk.path]);
      bound = false;
    };
    onTestFinished(unbind);
    expect(await look()).toBe('missing');
    expect(watch.state().detail).toMatch(/another station/);
    expect(watch.state().detail).not.toContain(stationId);
    unbind();
    disk.plugIn();
    expect(await look()).toBe('ok');
  });

  it('says that a disk hangs, and waits with one look only', async () => {
    let answer = (_code: string | null): void => undefined;
    let asked = 0;
    const { watch, clock, changes } = await watching(temporaryFolder(), {
      probe: () => {
        asked += 1;
        if (asked !== 2) return Promise.resolve(null);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    watch.suspect();
    const hanging = watch.look();
    await soon(() => {
      expect(asked).toBe(2);
    });
    await clock.advance(10_000);
    await hanging;
    expect(watch.state()).toMatchObject({ state: 'failed' });
    expect(watch.state().detail).toContain('does not answer');
    const stillHanging = watch.look();
    await clock.advance(10_000);
    await stillHanging;
    expect(asked).toBe(2);
    answer(null);
    await watch.look();
    expect(changes).toEqual(['failed', 'ok']);
  });

  it('probes a disk that is well seldom, and one that is suspected at once but not without end', async () => {
    let probes = 0;
    const { watch, look } = await watching(temporaryFolder(), {
      probe: () => {
        probes += 1;
        return Promise.resolve(null);
      },
    });
    expect(probes).toBe(1);
    for (let second = 0; second < 90; second++) await look();
    expect(probes).toBe(4);
    watch.suspect();
    watch.suspect();
    await look();
    expect(probes).toBe(5);
    await look();
    expect(probes).toBe(5);
  });

  it('looks by itself once a second', async () => {
    const root = temporaryFolder();
    const real = await watching(root, { clock: systemClock });
    await real.watch.start();
    rmSync(root, { recursive: true });
    const from = performance.now();
    await vi.waitFor(
      () => {
        expect(real.changes).toEqual(['missing']);
      },
      { timeout: 20_000, interval: 10 },
    );
    expect(performance.now() - from).toBeLessThan(3_000);
  });

  it('stops promptly, twice', async () => {
    const { watch } = await watching(temporaryFolder());
    await watch.stop();
    await watch.stop();
    expect(watch.status().state).toBe('stopped');
  });
});
