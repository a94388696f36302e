// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from '../setup/build.mjs';
import { ensureNode24 } from '../setup/node-24.mjs';
import { ensureNpmPackages } from '../setup/npm-packages.mjs';
import { projectRoot } from '../setup/places.mjs';
import { offerSystemPackagesOnce } from '../setup/system-packages.mjs';
import { stationEnvironment } from './environment.mjs';
import { runInForeground } from './foreground.mjs';

/** The station without a window, built by electron-vite. */
export const headlessProgram = join(projectRoot, 'out', 'main', 'headless.mjs');

/**
 * npm goes to the project's folder first; what a person names is meant from where they stand.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ cwd?: string }}
 */
export function whereTyped(env) {
  const folder = env['INIT_CWD'];
  // A shell that npm started hands the variable down to whatever is typed there.
  const byNpm = env['npm_lifecycle_event'] === 'station';
  return byNpm && folder !== undefined && existsSync(folder) ? { cwd: folder } : {};
}

/**
 * `npm run station -- <command> …`: the station's command line.
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function station(args) {
  await ensureNpmPackages();
  const node = ensureNode24();
  await offerSystemPackagesOnce(['station']);
  await ensureBuild(node);
  return runInForeground(node, ['--enable-source-maps', headlessProgram, ...args], {
    env: stationEnvironment(node),
    ...whereTyped(process.env),
  });
}
