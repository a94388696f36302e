// @ts-check
import { join } from 'node:path';
import { ensureNode24 } from '../setup/node-24.mjs';
import { ensureNpmPackages } from '../setup/npm-packages.mjs';
import { projectRoot } from '../setup/places.mjs';
import { runInForeground } from './foreground.mjs';
import { environmentForTests } from './test.mjs';

/**
 * `npm run bench [-- arguments]`: test/bench/bench.ts, with a screen and everything set up as for the tests.
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function bench(args) {
  await ensureNpmPackages();
  const node = ensureNode24();
  const env = await environmentForTests(node);
  const program = join(projectRoot, 'test', 'bench', 'bench.ts');
  return runInForeground(
    'xvfb-run',
    ['-a', '-s', '-screen 0 1920x1200x24', node, program, ...args],
    { env, cwd: projectRoot, wholeGroup: true },
  );
}
