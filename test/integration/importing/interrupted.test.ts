import { mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Import } from '@shared/model/import';
import type { ImportService } from '@main/importing/import-service';
import { builtImportWorker } from '../../support/built-import-worker';
import { importBench, type ImportBench, soundOf } from '../../support/import-bench';
import { mayMount, mountedFolder } from '../../support/mounted-folder';

const worker = builtImportWorker();

/** So many files, each with a sound of its own. */
function fill(bench: ImportBench, files: number, folder = 'card'): void {
  for (let n = 0; n < files; n += 1) {
    bench.put(`${folder}/${String(n).padStart(5, '0')}.wav`, soundOf(n + 1, 64));
  }
}

/** Resolves when an import that runs has taken so many. */
async function taken(bench: ImportBench, id: number, files: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const now = await bench.imports.get(id);
      expect(now.files.imported).toBeGreaterThanOrEqual(files);
    },
    { timeout: 20_000, interval: 5 },
  );
}

async function done(imports: ImportService, id: number): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await imports.get(id)).state).toBe('done');
    },
    { timeout: 20_000 },
  );
}

/** Of this thread: what others do with the processor meanwhile does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const incoming = (bench: ImportBench): string[] =>
  readdirSync(join(bench.root, 'imported/.incoming'));

describe('an import that does not come to its end', () => {
  it('keeps what was taken when it is cancelled, and takes the rest when it goes on', async () => {
    const bench = importBench({ workerUrl: worker() });
    fill(bench, 130);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    await expect(bench.imports.begin([bench.card], { tags: [] })).rejects.toMatchObject({
      data: { reason: 'import_running' },
    });
    await taken(bench, id, 16);
    const cancelled = await bench.imports.cancel(id);
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.files.waiting).toBeGreaterThan(0);
    expect(bench.rows()).toHaveLength(cancelled.files.imported);
    expect(incoming(bench)).toEqual([]);
    expect(await bench.imports.cancel(id)).toMatchObject({ state: 'cancelled' });
    await bench.imports.resume(id);
    const done = await bench.ended(id);
    expect(done).toMatchObject({
      state: 'done',
      files: { imported: 130, waiting: 0, duplicate: 0 },
    });
    expect(bench.rows()).toHaveLength(130);
  });

  it('rests with the console and goes on with the next', async () => {
    const bench = importBench({ workerUrl: worker() });
    fill(bench, 130);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    await taken(bench, id, 16);
    await bench.imports.stop();
    expect((await bench.imports.get(id)).state).toBe('paused');
    const next = bench.again();
    await next.start();
    await done(next, id);
    expect((await next.get(id)).files).toMatchObject({ imported: 130 });
    expect(bench.kept()).toHaveLength(260);
  });

  it('was killed between a file’s place and its row: neither is made twice', async () => {
    const bench = importBench({ workerUrl: worker() });
    fill(bench, 20);
    const first = await bench.take();
    // As a power cut leaves it: files in their places, rows and report lost.
    bench.connection.sqlite.exec(`
      delete from recordings;
      update import_items set state = 'waiting', recording_id = null;
      update imports set state = 'copying', finished_at_ms = null`);
    writeFileSync(join(bench.root, 'imported/.incoming/left.wav'), 'half of a copy');
    const next = bench.again();
    await next.start();
    await done(next, first.id);
    expect(bench.rows()).toHaveLength(20);
    expect(bench.kept()).toHaveLength(40);
    expect(incoming(bench)).toEqual([]);
  });

  it('says that the card was taken out, and goes on when it is back', async () => {
    const bench = importBench({ workerUrl: worker() });
    fill(bench, 130);
    const source = join(bench.card, 'card');
    const { id } = await bench.imports.begin([source], { tags: [] });
    await taken(bench, id, 16);
    renameSync(source, `${bench.card}-away`);
    const failed = await bench.ended(id);
    renameSync(`${bench.card}-away`, source);
    expect(failed.state).toBe('failed');
    expect(failed.problem).toContain('was its disk taken out?');
    expect(failed.files.failed).toBe(0);
    await bench.imports.resume(id);
    expect(await bench.ended(id)).toMatchObject({ state: 'done', files: { imported: 130 } });
  });

  it.runIf(mayMount())(
    'stops before the data disk is full, and goes on when there is room',
    async () => {
      const { path: dataRoot } = mountedFolder({ sizeKb: 24_000 });
      const bench = importBench({ dataRoot, workerUrl: worker() });
      // More than a tenth of the disk is to stay free.
      for (let n = 0; n < 12; n += 1) bench.put(`${String(n)}.wav`, soundOf(n + 1, 1_000_000));
      const { id } = await bench.imports.begin([bench.card], { tags: [] });
      const failed = await bench.ended(id);
      expect(failed).toMatchObject({ state: 'failed', files: { failed: 0 } });
      expect(failed.problem).toContain('kept for recording');
      expect(failed.files.waiting).toBeGreaterThan(0);
      const left = failed.files.waiting;
      for (const name of readdirSync(bench.card)) {
        const item = bench.report(id)[name];
        if (item?.state === 'waiting') truncateSync(join(bench.card, name), 44 + 2_000);
      }
      await bench.imports.resume(id);
      const done = await bench.ended(id);
      expect(done.state).toBe('done');
      expect(done.files.repaired).toBe(left);
    },
  );

  it('tries again what could not be read, and only that', async () => {
    const bench = importBench({ workerUrl: worker() });
    fill(bench, 3);
    const { id } = await bench.take();
    bench.connection.sqlite.exec(
      `update import_items set state = 'failed', detail = 'EIO' where path like '%00001.wav'`,
    );
    await bench.imports.stop();
    const next = bench.again();
    await next.resume(id);
    await done(next, id);
    expect((await next.get(id)).files).toMatchObject({ imported: 2, duplicate: 1, failed: 0 });
  });
});

describe('while an import runs', () => {
  it('the main loop is not held up by many small files', async () => {
    const bench = importBench({ workerUrl: worker() });
    fill(bench, 600);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    const seen: Import[] = [];
    let [longest, before] = [0, cpuMs()];
    // Between two wakes the loop may have turned more than once: its longest turn was no longer.
    const watch = setInterval(() => {
      const now = cpuMs();
      longest = Math.max(longest, now - before);
      before = now;
    }, 1);
    for await (const now of bench.imports.watch(id, new AbortController().signal)) seen.push(now);
    clearInterval(watch);
    expect(seen.at(-1)).toMatchObject({ state: 'done', files: { imported: 600 } });
    expect(longest).toBeLessThan(20);
    expect(seen.some(({ current, doneBytes }) => current !== null && doneBytes > 0)).toBe(true);
  });

  it('nothing is copied for a while after a recorder lost sound', async () => {
    const bench = importBench({ workerUrl: worker() });
    fill(bench, 130);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    await taken(bench, id, 16);
    bench.bus.emit('sound.lost', {} as never);
    await delay(200);
    const before = (await bench.imports.get(id)).files.waiting;
    await delay(300);
    expect((await bench.imports.get(id)).files.waiting).toBe(before);
    expect((await bench.imports.cancel(id)).state).toBe('cancelled');
  });
});

it('cleans up nothing but its own', async () => {
  const bench = importBench({ workerUrl: worker() });
  bench.put('a.wav', soundOf(1));
  await bench.take();
  const place = join(bench.root, 'imported/00');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'mine.txt'), 'not of an import');
  await bench.take();
  expect(readdirSync(place)).toEqual(['mine.txt']);
  rmSync(place, { recursive: true });
});
