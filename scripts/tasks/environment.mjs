// @ts-check
import { cacheRoot } from '../setup/places.mjs';
import { withNodeFirst } from '../setup/node-24.mjs';

/**
 * The environment of everything that runs with a window: Node 24 first on PATH, the Electron runtime, the database
 * driver that fits it, and set-up's cache (a test may change HOME).
 * @param {string} node
 * @param {import('../electron-runtime.mjs').ElectronRuntime} runtime
 * @param {string | undefined} sqliteBinding
 * @returns {NodeJS.ProcessEnv}
 */
export function windowEnvironment(node, runtime, sqliteBinding) {
  return {
    ...stationEnvironment(node),
    ELECTRON_OVERRIDE_DIST_PATH: runtime.distDir,
    SILVASONIC_SQLITE_BINDING: sqliteBinding,
  };
}

/**
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function stationEnvironment(node) {
  return { ...withNodeFirst(node), SILVASONIC_CACHE_DIR: cacheRoot() };
}
