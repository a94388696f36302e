// @ts-check
import { ensureElectronRuntime } from '../electron-runtime.mjs';
import { ensureNode24 } from '../setup/node-24.mjs';
import { ensureNpmPackages } from '../setup/npm-packages.mjs';
import { ensureSqliteBinding } from '../setup/sqlite-binding.mjs';
import { ensureSystemPackages } from '../setup/system-packages.mjs';
import { SetupFailure } from '../setup/failure.mjs';
import { windowEnvironment } from './environment.mjs';
import { runInForeground } from './foreground.mjs';

/**
 * `node scripts/run.mjs exec <program> …`: any program, with everything set up as for the tests.
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function exec([program, ...args]) {
  if (program === undefined) throw new SetupFailure('Say what to run: exec <program> [arguments].');
  await ensureNpmPackages();
  const node = ensureNode24();
  await ensureSystemPackages(['station', 'window', 'tests']);
  const runtime = await ensureElectronRuntime();
  const binding = await ensureSqliteBinding(runtime);
  return runInForeground(program, args, { env: windowEnvironment(node, runtime, binding) });
}
