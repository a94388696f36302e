import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ImportHands } from '@main/importing/import-hands';
import { importBench, soundOf } from '../../support/import-bench';

/** A quarter of a megabyte and more. */
const LARGE = 200_000;

/** Which files were copied, and which only read, since this was called. */
function orders(): { copied: () => string[]; read: () => string[] } {
  const take = vi.spyOn(ImportHands.prototype, 'take');
  onTestFinished(() => {
    take.mockRestore();
  });
  const named = (onlyHash: boolean): string[] =>
    take.mock.calls
      .filter(([order]) => order.onlyHash === onlyHash)
      .map(([{ path }]) => path.split('/').at(-1)!);
  return { copied: () => named(false), read: () => named(true) };
}

it('a card that was imported before is read once, and nothing of it is copied again', async () => {
  const bench = importBench();
  bench.put('20210815_203000.WAV', soundOf(1, LARGE));
  bench.put('20210815_204000.WAV', soundOf(2, LARGE));
  await bench.take();
  const told = orders();
  const again = await bench.take();
  expect(again).toMatchObject({ state: 'done', files: { duplicate: 2, imported: 0, waiting: 0 } });
  expect(again.doneBytes).toBe(again.totalBytes);
  expect(told.read()).toEqual(['20210815_203000.WAV', '20210815_204000.WAV']);
  expect(told.copied()).toEqual([]);
  expect(bench.report(again.id)['20210815_203000.WAV']!.detail).toContain('the same file');
});

it('a file of the same name and size that holds something else is taken', async () => {
  const bench = importBench();
  bench.put('20210815_203000.WAV', soundOf(1, LARGE));
  await bench.take();
  const file = bench.put('20210815_203000.WAV', soundOf(2, LARGE));
  const told = orders();
  const again = await bench.take();
  expect(again.files).toMatchObject({ duplicate: 0, imported: 1 });
  expect([told.read(), told.copied()]).toEqual([['20210815_203000.WAV'], ['20210815_203000.WAV']]);
  const row = bench.rows().at(-1)!;
  expect(statSync(join(bench.root, String(row['raw_path']))).size).toBe(statSync(file).size);
});

it('what nothing speaks for being there is read once only', async () => {
  const bench = importBench();
  bench.put('a.wav', soundOf(1, LARGE));
  await bench.take();
  // As long as every other file of its recorder.
  bench.put('b.wav', soundOf(2, LARGE));
  const told = orders();
  await bench.take({}, [join(bench.card, 'b.wav')]);
  expect([told.read(), told.copied()]).toEqual([[], ['b.wav']]);
});
