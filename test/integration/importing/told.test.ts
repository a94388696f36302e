import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportState } from '@shared/model/import';
import { importBench, type ImportBench, soundOf } from '../../support/import-bench';

const open = (bench: ImportBench) =>
  bench.alerts.open().map(({ code, subject, evidence }) => ({ code, subject, evidence }));

/** What is told of imports from now on. */
function told(bench: ImportBench) {
  const changes: { state: ImportState; imported: number }[] = [];
  bench.bus.on('import.changed', ({ state, imported }) => changes.push({ state, imported }));
  return changes;
}

/** No import can go on, and none waits for what no time will mend. @returns makes it well */
function breakImports({ root }: ImportBench): () => void {
  const file = join(root, 'imported');
  writeFileSync(file, 'a file is in the way');
  return () => {
    rmSync(file);
  };
}

describe('an import that nobody watches', () => {
  it('tells when it begins, when it has found its files, and how many it took', async () => {
    const bench = importBench();
    bench.put('a.wav', soundOf(1));
    bench.put('b.wav', soundOf(1));
    const changes = told(bench);
    const news: string[] = [];
    bench.bus.on('recording.indexed', ({ source }) => news.push(source));
    await bench.take();
    expect(changes).toEqual([
      { state: 'scanning', imported: 0 },
      { state: 'copying', imported: 0 },
      { state: 'done', imported: 1 },
    ]);
    expect(news).toEqual(['import']);
    expect(open(bench)).toEqual([]);
  });

  it('says which sounds it left out until somebody has opened its report; other files are not missed', async () => {
    const bench = importBench();
    bench.put('good.wav', soundOf(1));
    bench.put('CONFIG.TXT', 'Device ID : 24F3190160374A3E\n');
    expect((await bench.take()).files.refused).toBe(1);
    expect(open(bench)).toEqual([]);
    bench.put('notes.WAV', 'not a sound at all, but long enough to be looked at by a reader');
    const { id } = await bench.take();
    expect(open(bench)).toEqual([
      {
        code: 'import.incomplete',
        subject: `Import ${String(id)}`,
        evidence: expect.stringMatching(/1 cannot be used; first: .*notes\.WAV: \w/) as string,
      },
    ]);
    bench.report(id);
    expect(open(bench)).toEqual([]);
  });

  it('that could not go on is an alert until it goes on', async () => {
    const bench = importBench();
    const mend = breakImports(bench);
    bench.put('a.wav', soundOf(1));
    const changes = told(bench);
    const { id } = await bench.take();
    const alert = {
      code: 'import.failed',
      subject: `Import ${String(id)}`,
      evidence: expect.stringMatching(/\/imported/) as string,
    };
    expect(open(bench)).toEqual([alert]);
    expect(changes.at(-1)).toEqual({ state: 'failed', imported: 0 });
    bench.report(id);
    expect(open(bench)).toEqual([alert]);
    mend();
    await bench.imports.resume(id);
    expect((await bench.ended(id)).state).toBe('done');
    expect(open(bench)).toEqual([]);
  });

  it('that could not go on is not told of any more when it is given up, or all of it was taken by another', async () => {
    const bench = importBench();
    const mend = breakImports(bench);
    bench.put('a.wav', soundOf(1));
    const first = await bench.take();
    await bench.imports.cancel(first.id);
    expect(open(bench)).toEqual([]);
    await bench.take();
    const elsewhere = bench.put('other/b.wav', soundOf(2));
    const third = await bench.take({}, [elsewhere]);
    mend();
    await bench.take();
    expect(open(bench)).toMatchObject([{ subject: `Import ${String(third.id)}` }]);
  });

  it('whose report was removed since is not told of after a restart', async () => {
    const bench = importBench();
    breakImports(bench);
    bench.put('a.wav', soundOf(1));
    await bench.take();
    expect(open(bench)).toHaveLength(1);
    bench.connection.sqlite.exec('delete from imports');
    await bench.again().start();
    expect(open(bench)).toEqual([]);
  });
});
