import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Benchmark } from './benchmark.ts';
import type { FuzzResult } from './wav-fuzz/fuzz.ts';
import { projectRoot } from './workshop.ts';

const hooks = join(projectRoot, 'test', 'support', 'typescript-hooks.mjs');
const program = join(import.meta.dirname, 'wav-fuzz', 'fuzz.ts');
const METHOD =
  'test/bench/wav-fuzz/fuzz.ts: files of every chunk order and damage of the corpus after one to four random accidents; each is surveyed, kept, surveyed again, and given to the strict repair, in memory';

/** Whether any bytes can bring the inspection of WAV files down, or make it break its word. */
export const wavFuzz: Benchmark = {
  name: 'wav-fuzz',
  async run({ workshop, quick, say }) {
    const seconds = quick ? 5 : 60;
    const seed = Math.floor(Math.random() * 2 ** 31);
    say(`wav-fuzz: ${String(seconds)} s of damaged WAV files, seed ${String(seed)}`);
    const folder = join(projectRoot, 'test-results', 'wav-fuzz');
    const child = workshop.spawn(
      process.execPath,
      ['--import', hooks, program, String(seconds), String(seed), folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    if (child.stdout === null) throw new Error('the fuzzing could not be started');
    const said = await text(child.stdout);
    if (said === '') throw new Error('the fuzzing ended without a word');
    const { inputs, failures, examples, slowestMs, sounds } = JSON.parse(said) as FuzzResult;
    const common = { baseline: null, ratio: null, spread: null, method: METHOD };
    const notes = [`seed ${String(seed)}; ${sounds}`, ...examples];
    return [
      {
        ...common,
        name: 'wav-fuzz.failures',
        what: `broken promises among ${inputs.toLocaleString('en')} damaged files`,
        unit: '',
        value: failures,
        goal: { on: 'value', atMost: 0 },
        notes,
      },
      {
        ...common,
        name: 'wav-fuzz.slowest',
        what: 'the most processor time that one of them took',
        unit: 'ms',
        value: slowestMs,
        goal: null,
        notes: [],
      },
    ];
  },
};
