import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark } from './benchmark.ts';
import type { Figure } from './figure.ts';
import type { JanitorMeasurement } from './janitor/measurement.ts';
import { median, summarise } from './statistics.ts';
import { projectRoot } from './workshop.ts';

const hooks = pathToFileURL(join(projectRoot, 'test/support/typescript-hooks.mjs')).href;
const program = join(projectRoot, 'test/bench/janitor/measure.ts');

/** How fast room is planned and made among a season's recordings. */
export const janitor: Benchmark = {
  name: 'janitor',
  async run({ workshop, quick, say }) {
    const [candidates, recordings, turns] = quick ? [20_000, 200, 5] : [200_000, 5_000, 50];
    say(`janitor: ${candidates.toLocaleString('en')} recordings that may go are made`);
    const folder = workshop.folder('janitor');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'measurement.json');
    const sizes = [candidates, recordings, turns].map(String);
    const child = workshop.spawn(
      process.execPath,
      ['--import', hooks, program, ...sizes, folder, file],
      { cwd: projectRoot, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await new Promise((done) => child.once('exit', done));
    if (!existsSync(file)) throw new Error('deletions could not be planned or carried out');
    return figuresOf(JSON.parse(readFileSync(file, 'utf8')) as JanitorMeasurement);
  },
};

function figuresOf(measured: JanitorMeasurement): Figure[] {
  const { candidates, nextMs, toldMs, surveyMs, deleted, loopMs } = measured;
  const among = `among ${candidates.toLocaleString('en')} that may go`;
  const filesPerS = (tookMs: number): number => (deleted.recordings * 2) / (tookMs / 1000);
  const bare = { baseline: null, ratio: null, spread: null, notes: [] };
  return [
    {
      ...bare,
      name: 'janitor.plan',
      what: `the next 500 deletions planned, ${among}, median`,
      unit: 'ms',
      value: median(nextMs),
      goal: { on: 'value', atMost: 50 },
      spread: summarise(nextMs),
      method: 'asked of the thread that plans, there and back',
      notes: [
        `As it is told to people, with what stays and why: ${median(toldMs).toFixed(1)} ms.`,
        `What the forecast rests on: ${median(surveyMs).toFixed(0)} ms, once in ten minutes.`,
      ],
    },
    {
      ...bare,
      name: 'janitor.deletion',
      what: 'files deleted, each pair noted beforehand and told to the database',
      unit: 'files/s',
      value: filesPerS(deleted.tookMs),
      baseline: {
        value: filesPerS(deleted.unlinkMs),
        what: 'unlink alone, nothing forced to the disk',
      },
      ratio: deleted.unlinkMs / deleted.tookMs,
      goal: { on: 'value', atLeast: 10, atMost: Number.MAX_VALUE },
      method: `${deleted.recordings.toLocaleString('en')} recordings of two files of 4 kB, in slices of 50 with three syncs each; five recorders make one file a second`,
    },
    {
      ...bare,
      name: 'janitor.loop',
      what: 'the main loop without a turn while it deletes, the longest, processor time',
      unit: 'ms',
      value: loopMs,
      goal: { on: 'value', atMost: 20 },
      method: 'threadCpuUsage between two turns',
    },
  ];
}
