// A child of the benchmark: node --import test/support/typescript-hooks.mjs fuzz.ts SECONDS SEED FOLDER
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { animalSounds } from '../../support/corpus/animal-sounds';
import { samplesOf } from '../../support/corpus/corpus';
import { damagedFiles, orderedFiles } from '../../support/corpus/hand-made';
import { mutated } from '../../support/corpus/mutations';
import { brokenPromise, brokenRepair } from '../../support/corpus/survey-promises';
import { randomNumbers } from '../../support/random-numbers';

/** What the child tells, as JSON on stdout. */
export interface FuzzResult {
  readonly inputs: number;
  readonly failures: number;
  /** What broke, in words, with the file that did it; the first ten. */
  readonly examples: readonly string[];
  /** Processor time that the slowest input took, milliseconds. */
  readonly slowestMs: number;
  readonly sounds: string;
}

const [seconds = '60', seed = '1', folder = '.'] = process.argv.slice(2);
const random = randomNumbers(Number(seed));
const animals = await animalSounds();
const noise = Buffer.from(Array.from({ length: 9600 }, () => random(256)));
const sounds =
  'paths' in animals
    ? [noise, ...animals.paths.slice(0, 3).map((path) => samplesOf(path))]
    : [noise];
const seeds = sounds
  .flatMap((sound) => [...orderedFiles(sound), ...damagedFiles(sound)])
  .map(({ bytes }) => bytes);

const until = performance.now() + Number(seconds) * 1000;
const examples: string[] = [];
let inputs = 0;
let failures = 0;
let slowestMs = 0;
while (performance.now() < until) {
  const bytes = mutated(seeds, random);
  const before = process.cpuUsage();
  for (const promise of [brokenPromise, brokenRepair]) {
    const broken = await promise(bytes).catch((error: unknown) => String(error));
    if (broken === null) continue;
    failures += 1;
    if (examples.length < 10) examples.push(`${promise.name}: ${broken} (${keep(bytes)})`);
  }
  const { user, system } = process.cpuUsage(before);
  slowestMs = Math.max(slowestMs, (user + system) / 1000);
  inputs += 1;
}
const result: FuzzResult = {
  inputs,
  failures,
  examples,
  slowestMs,
  sounds: 'missing' in animals ? animals.missing : 'noise and three animals',
};
process.stdout.write(JSON.stringify(result));

/** The file that broke something, so that it can be looked into. */
function keep(bytes: Buffer): string {
  mkdirSync(folder, { recursive: true });
  const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.wav`;
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}
