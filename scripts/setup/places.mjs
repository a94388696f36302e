// @ts-check
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Where set-up keeps what outlives a clone: the Electron runtime, native builds, locks, logs of apt and npm.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string}
 */
export function cacheRoot(env = process.env) {
  if (env['SILVASONIC_CACHE_DIR']) return env['SILVASONIC_CACHE_DIR'];
  // `||`, not `??`: an empty variable counts as unset in the XDG specification.
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'silvasonic');
}

/**
 * A short name for this clone, so that two clones never share a lock.
 * @returns {string}
 */
export function cloneId() {
  return createHash('sha256').update(projectRoot).digest('hex').slice(0, 12);
}
