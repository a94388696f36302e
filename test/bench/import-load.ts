import { copyFileSync, closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Import } from '../../shared/model/import.ts';
import type { Benchmark, BenchContext } from './benchmark.ts';
import { call } from './control-line.ts';
import { delayFigure, delaysOf, loopWatch } from './event-loop.ts';
import type { Figure } from './figure.ts';
import { startStation } from './headless-station.ts';
import { until } from './workshop.ts';

/** Until both listen. */
const SETTLE_MS = 3_000;
const PATIENCE_MS = 30 * 60_000;

/** A card full of small files comes in: how fast, and whether the console stays awake. */
export const importLoad: Benchmark = {
  name: 'import',
  async run({ workshop, quick, say }: BenchContext): Promise<Figure[]> {
    const files = quick ? 1_000 : 10_000;
    say(`import: a card of ${files.toLocaleString('en')} files of 2 kB`);
    const card = workshop.folder('card');
    fillCard(card, files);
    const bareMs = copyDurably(card, workshop.folder('copies'), Math.min(files, 500));
    const loopFile = workshop.folder('import-loop.json');
    const idleFile = workshop.folder('import-idle.json');
    const station = await startStation(workshop, {
      nodeArgs: ['--require', loopWatch],
      env: { ...process.env, SILVASONIC_BENCH_LOOP: loopFile },
    });
    const idle = workshop.spawn(
      process.execPath,
      ['--require', loopWatch, '--eval', 'setInterval(() => undefined, 1000)'],
      { env: { ...process.env, SILVASONIC_BENCH_LOOP: idleFile }, stdio: 'ignore' },
    );
    await delay(SETTLE_MS);
    for (const child of [station.child, idle]) child.kill('SIGURG');
    const began = performance.now();
    const { id } = (await call(station.dataDir, 'imports.start', { paths: [card] })) as Import;
    const end = await until<Import>('the import to end', PATIENCE_MS, async () => {
      const now = (await call(station.dataDir, 'imports.get', { id })) as Import;
      return now.finishedAt === null ? null : now;
    });
    const seconds = (performance.now() - began) / 1000;
    const [ours, bare] = await Promise.all([
      delaysOf(station.child, loopFile),
      delaysOf(idle, idleFile),
    ]);
    await Promise.all([workshop.end(station.child), workshop.end(idle)]);
    if (end.files.imported !== files)
      throw new Error(`not all were imported: ${JSON.stringify(end)}`);
    return [
      {
        name: 'import.rate',
        what: 'small files that an import takes in a second, found, copied, hashed, forced to the disk and in the database',
        unit: 'files/s',
        value: files / seconds,
        baseline: { what: 'copied by a bare loop, each forced to the disk', value: 1000 / bareMs },
        ratio: (files / seconds) * (bareMs / 1000),
        goal: null,
        spread: null,
        method: `imports.start on a running station, ${String(files)} files of 2 kB in one folder; the thread at nice 19 and idle I/O`,
        notes: [],
      },
      delayFigure('import.loop', ours, bare, {
        what: 'event-loop delay of the station during the import, p99',
        baseline: 'an idle Node process beside it',
        how: `monitorEventLoopDelay (resolution 1 ms, subtracted) in both, at the same time, ${seconds.toFixed(0)} s`,
        notes: [],
      }),
    ];
  },
};

function fillCard(card: string, files: number): void {
  mkdirSync(card, { recursive: true });
  const bytes = Buffer.alloc(44 + 2_000);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(48_000, 24);
  bytes.writeUInt32LE(96_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(2_000, 40);
  for (let n = 0; n < files; n += 1) {
    for (let at = 44; at < bytes.length; at += 4) bytes.writeInt32LE((n + 1) * at, at);
    writeFileSync(join(card, `${String(n).padStart(6, '0')}.wav`), bytes);
  }
}

/** @returns milliseconds for one */
function copyDurably(card: string, to: string, files: number): number {
  mkdirSync(to);
  const began = performance.now();
  for (let n = 0; n < files; n += 1) {
    const name = `${String(n).padStart(6, '0')}.wav`;
    copyFileSync(join(card, name), join(to, name));
    const fd = openSync(join(to, name), 'r');
    fsyncSync(fd);
    closeSync(fd);
  }
  return (performance.now() - began) / files;
}
