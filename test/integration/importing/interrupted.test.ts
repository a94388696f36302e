import { mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Import } from '@shared/model/import';
import type { ImportService } from '@main/importing/import-service';
import { importBench, type ImportBench, soundOf } from '../../support/import-bench';
import { longestStretch } from '../../support/longest-stretch';
import { FakeClock } from '../../support/fake-clock';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { soon } from '../../support/soon';

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

/** Resolves when an import that runs waits for the data disk. */
async function waits(bench: ImportBench, id: number): Promise<Import> {
  return soon(async () => {
    const now = await bench.imports.get(id);
    expect(now.problem).not.toBeNull();
    expect(now.current).toBeNull();
    return now;
  });
}

async function done(imports: ImportService, id: number): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await imports.get(id)).state).toBe('done');
    },
    { timeout: 20_000 },
  );
}

const incoming = (bench: ImportBench): string[] =>
  readdirSync(join(bench.root, 'imported/.incoming'));

describe('an import that does not come to its end', () => {
  it('keeps what was taken when it is cancelled, and takes the rest when it goes on', async () => {
    const bench = importBench();
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
    const bench = importBench();
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
    const bench = importBench();
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
    const bench = importBench();
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
    'waits before the data disk is full, and goes on by itself when there is room',
    async () => {
      const { path: dataRoot } = mountedFolder({ sizeKb: 24_000 });
      const bench = importBench({ dataRoot });
      // More than a tenth of the disk is to stay free.
      for (let n = 0; n < 12; n += 1) bench.put(`${String(n)}.wav`, soundOf(n + 1, 1_000_000));
      const { id } = await bench.imports.begin([bench.card], { tags: [] });
      const waiting = await waits(bench, id);
      expect(waiting).toMatchObject({ state: 'copying', files: { failed: 0 } });
      expect(waiting.problem).toContain('kept for recording');
      expect(waiting.files.waiting).toBeGreaterThan(0);
      const left = waiting.files.waiting;
      for (const name of readdirSync(bench.card)) {
        const item = bench.report(id)[name];
        if (item?.state === 'waiting') truncateSync(join(bench.card, name), 44 + 2_000);
      }
      bench.bus.emit('settings.changed', { sections: [] } as never);
      const done = await bench.ended(id);
      expect(done).toMatchObject({ state: 'done', problem: null });
      expect(done.files.repaired).toBe(left);
    },
  );

  it('waits while the data disk is away, is told of meanwhile, and goes on by itself', async () => {
    let problem: string | null = null;
    const bench = importBench({ diskProblem: () => problem });
    fill(bench, 130);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    await taken(bench, id, 16);
    problem = 'Nothing of this station lies there.';
    expect(await waits(bench, id)).toMatchObject({ problem, files: { failed: 0 } });
    const told = () => bench.alerts.open().map(({ code, evidence }) => ({ code, evidence }));
    expect(told()).toEqual([
      { code: 'import.waiting', evidence: `${bench.card}: Nothing of this station lies there.` },
    ]);
    // It looks, and it is no better.
    bench.bus.emit('data_disk.changed', { state: 'missing' });
    await waits(bench, id);
    problem = null;
    bench.bus.emit('data_disk.changed', { state: 'ok' });
    expect(await bench.ended(id)).toMatchObject({
      state: 'done',
      problem: null,
      files: { imported: 130, duplicate: 0, failed: 0 },
    });
    expect(told()).toEqual([]);
  });

  it('looks again from time to time, where nobody tells that there is room', async () => {
    let problem: string | null = 'The data disk is full.';
    const clock = new FakeClock();
    const bench = importBench({ diskProblem: () => problem, clock });
    fill(bench, 3);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    expect(await waits(bench, id)).toMatchObject({ state: 'scanning' });
    problem = null;
    await soon(async () => {
      await clock.advance(10_000);
      expect(await bench.imports.get(id)).toMatchObject({ state: 'done', files: { imported: 3 } });
    });
  });

  it('can be given up while it waits, and rests with the console', async () => {
    const diskProblem = () => 'The data disk is full.';
    const bench = importBench({ diskProblem });
    fill(bench, 3);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    await waits(bench, id);
    await bench.imports.stop();
    expect(await bench.imports.get(id)).toMatchObject({ state: 'paused', problem: null });
    const next = bench.again();
    await next.start();
    await soon(async () => expect((await next.get(id)).problem).toBe(diskProblem()));
    expect(await next.cancel(id)).toMatchObject({ state: 'cancelled', problem: null });
    expect(bench.alerts.open()).toEqual([]);
  });

  it('tries again what could not be read, and only that', async () => {
    const bench = importBench();
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
    const bench = importBench();
    fill(bench, 150);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    const seen: Import[] = [];
    const longest = await longestStretch(async () => {
      for await (const now of bench.imports.watch(id, new AbortController().signal)) seen.push(now);
    });
    expect(seen.at(-1)).toMatchObject({ state: 'done', files: { imported: 150 } });
    expect(longest).toBeLessThan(20);
    expect(seen.some(({ current, doneBytes }) => current !== null && doneBytes > 0)).toBe(true);
  });

  it('nothing is copied for a while after a recorder lost sound', async () => {
    const bench = importBench();
    fill(bench, 130);
    const { id } = await bench.imports.begin([bench.card], { tags: [] });
    await taken(bench, id, 16);
    bench.bus.emit('sound.lost', {} as never);
    const waiting = async (): Promise<number> => (await bench.imports.get(id)).files.waiting;
    // What was being copied just then is still taken.
    await soon(async () => {
      const before = await waiting();
      await delay(300);
      expect(await waiting()).toBe(before);
    });
    expect(await waiting()).toBeGreaterThan(0);
    expect((await bench.imports.cancel(id)).state).toBe('cancelled');
  });
});

it('cleans up nothing but its own', async () => {
  const bench = importBench();
  bench.put('a.wav', soundOf(1));
  await bench.take();
  const place = join(bench.root, 'imported/00');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'mine.txt'), 'not of an import');
  await bench.take();
  expect(readdirSync(place)).toEqual(['mine.txt']);
  rmSync(place, { recursive: true });
});
