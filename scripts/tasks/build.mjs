// @ts-check
import { ensureBuild } from '../setup/build.mjs';
import { ensureNode24 } from '../setup/node-24.mjs';
import { ensureNpmPackages } from '../setup/npm-packages.mjs';

/**
 * `npm run build`: the console in out/.
 * @returns {Promise<number>} exit code
 */
export async function build() {
  await ensureNpmPackages();
  await ensureBuild(ensureNode24());
  return 0;
}
