import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Benchmark } from './benchmark.ts';
import type { Figure } from './figure.ts';
import type { SeasonMeasurement } from './season-measurement.ts';
import { projectRoot, type Workshop } from './workshop.ts';

const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');

/** Whether a station that was left alone for ninety days still does everything in small steps and in little memory. */
export const season: Benchmark = {
  name: 'season',
  run({ workshop, say }) {
    say('season: a run of 777,600 segments and 200,000 known files are made; this takes a minute');
    return playedThrough(workshop, 'season');
  },
};

/**
 * What a test below `season/` measures on the real parts.
 * @throws Error when it could not be played through
 */
export async function playedThrough(
  workshop: Workshop,
  test: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Figure[]> {
  const file = join(workshop.folder(test), 'measurements.json');
  mkdirSync(dirname(file), { recursive: true });
  const place = `test/bench/season/${test}.test.ts`;
  const child = workshop.spawn(process.execPath, [vitest, 'run', '--project', 'season', place], {
    cwd: projectRoot,
    env: { ...process.env, ...env, SILVASONIC_SEASON_FILE: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise((done) => child.once('exit', done));
  if (!existsSync(file)) throw new Error(`the ${test} could not be played through`);
  const measurements = JSON.parse(readFileSync(file, 'utf8')) as SeasonMeasurement[];
  return measurements.map((one) => asFigure(test, place, one));
}

function asFigure(test: string, place: string, measurement: SeasonMeasurement): Figure {
  const { name, what, unit, value, atMost, atLeast, baseline = null } = measurement;
  const hasGoal = atMost !== null || atLeast !== undefined;
  return {
    name: `${test}.${name}`,
    what,
    unit,
    value,
    baseline,
    ratio: baseline === null ? null : value / baseline.value,
    goal: hasGoal
      ? {
          on: 'value',
          atMost: atMost ?? Infinity,
          ...(atLeast === undefined ? {} : { atLeast }),
        }
      : null,
    spread: null,
    method: `${place} on the real parts; stretches in processor time of the main thread between two turns of its loop`,
    notes: [],
  };
}
