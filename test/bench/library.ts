import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark } from './benchmark.ts';
import type { Figure } from './figure.ts';
import type { LibraryMeasurement, MeasuredLibrary } from './library/measurement.ts';
import { median, percentile, summarise } from './statistics.ts';
import { projectRoot } from './workshop.ts';

const hooks = pathToFileURL(join(projectRoot, 'test/support/typescript-hooks.mjs')).href;
const program = join(projectRoot, 'test/bench/library/measure.ts');

/** Whether a library of millions answers as fast as one of thousands, and nobody waits for its long answers. */
export const library: Benchmark = {
  name: 'library',
  async run({ workshop, quick, say }) {
    const sizes = quick ? [2_000, 20_000] : [20_000, 200_000, 2_000_000];
    const turns = quick ? 20 : 100;
    say(
      `library: databases of up to ${(sizes.at(-1) ?? 0).toLocaleString('en')} recordings are asked; they are made on the first run, which takes some minutes and 2 GB among the temporary files`,
    );
    const file = join(workshop.folder('library'), 'measurements.json');
    mkdirSync(dirname(file), { recursive: true });
    const child = workshop.spawn(
      process.execPath,
      ['--import', hooks, program, sizes.join(','), String(turns), file],
      { cwd: projectRoot, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await new Promise((done) => child.once('exit', done));
    if (!existsSync(file)) throw new Error('the libraries could not be made or asked');
    const measured = JSON.parse(readFileSync(file, 'utf8')) as MeasuredLibrary[];
    const largest = measured.at(-1);
    if (largest === undefined) throw new Error('nothing was measured');
    return [
      ...largest.measurements.map((one) => questionFigure(one, largest.rows, measured)),
      loopFigure(largest),
    ];
  },
};

function questionFigure(
  { name, goalMs, wallMs, cpuMs }: LibraryMeasurement,
  rows: number,
  all: readonly MeasuredLibrary[],
): Figure {
  const growth = all.map((one) => {
    const same = one.measurements.find((measurement) => measurement.name === name);
    const times = same?.wallMs ?? [];
    return `${one.rows.toLocaleString('en')}: ${median(times).toFixed(2)} | ${percentile(times, 99).toFixed(2)}`;
  });
  return {
    name: `library.${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`,
    what: `${name}, of ${rows.toLocaleString('en')} recordings, p99`,
    unit: 'ms',
    value: percentile(wallMs, 99),
    baseline: null,
    ratio: null,
    goal: { on: 'value', atMost: goalMs },
    spread: summarise(wallMs),
    method: `asked ${String(wallMs.length)} times in a row, from the top and from anywhere, in one process on one connection; the first three do not count`,
    notes: [
      `By recordings, median | p99: ${growth.join('; ')} ms.`,
      `Processor time on average: ${cpuMs.toFixed(2)} ms.`,
    ],
  };
}

function loopFigure({ rows, loop }: MeasuredLibrary): Figure {
  const took = Object.entries(loop.took).map(([name, ms]) => `${name} ${ms.toFixed(0)} ms`);
  return {
    name: 'library.loop-delay',
    what: `delay of the main loop while the longest questions about ${rows.toLocaleString('en')} recordings are answered in the reading thread, the longest`,
    unit: 'ms',
    value: loop.mostMs,
    baseline: null,
    ratio: null,
    goal: { on: 'value', atMost: 20 },
    spread: null,
    method: 'monitorEventLoopDelay, resolution 1 ms, subtracted',
    notes: [`p99: ${loop.p99Ms.toFixed(1)} ms.`, `Answers: ${took.join(', ')}.`],
  };
}
