import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Benchmark } from './benchmark.ts';
import type { SeasonMeasurement } from './season-measurement.ts';
import { projectRoot } from './workshop.ts';

const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');

/** Whether a station that was left alone for ninety days still does everything in small steps and in little memory. */
export const season: Benchmark = {
  name: 'season',
  async run({ workshop, say }) {
    say('season: a run of 777,600 segments and 200,000 known files are made; this takes a minute');
    const file = join(workshop.folder('season'), 'measurements.json');
    mkdirSync(dirname(file), { recursive: true });
    const child = workshop.spawn(process.execPath, [vitest, 'run', '--project', 'season'], {
      cwd: projectRoot,
      env: { ...process.env, SILVASONIC_SEASON_FILE: file },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await new Promise((done) => child.once('exit', done));
    if (!existsSync(file)) throw new Error('the season could not be played through');
    const measurements = JSON.parse(readFileSync(file, 'utf8')) as SeasonMeasurement[];
    return measurements.map(({ name, what, unit, value, atMost }) => ({
      name: `season.${name}`,
      what,
      unit,
      value,
      baseline: null,
      ratio: null,
      goal: atMost === null ? null : { on: 'value' as const, atMost },
      spread: null,
      method:
        'test/bench/season/season.test.ts on the real parts; stretches in processor time of the main thread between two turns of its loop',
      notes: [],
    }));
  },
};
