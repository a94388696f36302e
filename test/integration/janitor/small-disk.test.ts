import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measureDisk, worstPercent } from '@main/janitor/disk-usage';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { retentionFolder, type RetentionFolder } from '../../support/retention-folder';
import { soon } from '../../support/soon';

interface Made {
  readonly id: number;
  readonly atS: number;
}

/** One simulated second after the other: something is recorded, something is read back, the janitor looks. */
async function record(
  folder: RetentionFolder,
  made: Made[],
  spans: readonly { readonly seconds: number; readonly uploads: boolean }[],
  each: (percent: number) => void,
): Promise<void> {
  const { sqlite } = folder.connection;
  const uploaded = sqlite.prepare('update recordings set uploaded = 1 where id = ?');
  const verified = sqlite.prepare(
    `insert into recording_remotes (recording_id, remote_slug, path, state, next_attempt_at_ms)
     values (?, 'nas', ?, 'verified', 0)`,
  );
  let [second, next] = [0, 0];
  for (const { seconds, uploads } of spans) {
    for (let n = 0; n < seconds; n += 1) {
      // Three pairs: 1.5 % of the disk, and more than one batch holds.
      for (let count = 0; count < 3; count += 1) {
        const { id } = folder.recording({ bytes: 100_000 });
        made.push({ id, atS: second });
      }
      for (; uploads && (made[next]?.atS ?? Infinity) <= second - 5; next += 1) {
        uploaded.run(made[next]?.id);
        verified.run(made[next]?.id, `${String(made[next]?.id)}.flac`);
      }
      await soon(() => {
        expect(folder.clock.sleeping).toBe(1);
      });
      each(worstPercent(await measureDisk(folder.root)));
      await folder.clock.advance(1_000);
      await soon(() => {
        expect(folder.clock.sleeping).toBe(1);
      });
      second += 1;
    }
  }
}

it.runIf(mayMount())(
  'a disk that is filled faster than a batch frees stays below panic + 2 %, and nothing that is not saved goes before panic',
  async () => {
    const disk = mountedFolder({ sizeKb: 40 * 1024 });
    writeFileSync(join(disk.path, 'somebody-elses'), Buffer.alloc(22 * 1024 * 1024));
    const folder = retentionFolder(disk.path);
    folder.remote();
    folder.settings = { ...folder.settings, janitor_batch_size: 2, janitor_interval_seconds: 5 };
    const janitor = folder.janitor({ measure: () => measureDisk(disk.path) });
    await janitor.start();
    const made: Made[] = [];
    let highest = 0;
    const spans = [
      { seconds: 15, uploads: true }, // housekeeping is enough
      { seconds: 35, uploads: false }, // the remote is away: panic
      { seconds: 5, uploads: true },
    ];
    const lossesBy: number[] = [];
    await record(folder, made, spans, (percent) => {
      highest = Math.max(highest, percent);
      lossesBy.push(folder.deletions().filter(({ safe }) => safe === 0).length);
    });
    const gone = folder.deletions();
    expect(highest).toBeGreaterThan(90);
    expect(highest).toBeLessThan(92);
    expect(lossesBy[14]).toBe(0);
    expect(gone[0]).toMatchObject({ mode: 'housekeeping', safe: 1 });
    const lost = gone.filter(({ safe }) => safe === 0);
    expect(lost.length).toBeGreaterThan(10);
    expect(
      lost.every(
        ({ mode, explanation }) => mode === 'panic' && explanation.includes('panic above 90 %'),
      ),
    ).toBe(true);
    // Numbers follow time here: each lot the oldest first, and nothing younger is gone than the oldest that is left.
    const ids = gone.map(({ recording_id: id }) => id ?? 0);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(ids).toEqual(made.slice(0, ids.length).map(({ id }) => id));
  },
);

it.runIf(mayMount())('a disk that runs out of inodes is relieved by files', async () => {
  const disk = mountedFolder({ sizeKb: 64 * 1024, inodes: 400 });
  const folder = retentionFolder(disk.path);
  const janitor = folder.janitor({ measure: () => measureDisk(disk.path) });
  for (let n = 0; n < 150; n += 1) folder.recording({ bytes: 10 });
  const status = await janitor.run();
  expect(status.mode).toBe('quiet');
  expect(status.inodes?.usedPercent).toBeLessThan(70);
  expect(new Set(folder.deletions().map(({ reason }) => reason))).toEqual(new Set(['inodes']));
});
