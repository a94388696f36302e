// @ts-check
// better-sqlite3 ships prebuilt drivers for Node-API 10 and up. Electron 33 speaks Node-API 9, so there the driver is
// compiled once, and its path handed to the app in SILVASONIC_SQLITE_BINDING.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { capture, errorLine, logFile, runLogged } from './command.mjs';
import { SetupFailure, reason } from './failure.mjs';
import { withLock } from './lock.mjs';
import { ensureNode24, withNodeFirst } from './node-24.mjs';
import { cacheRoot, projectRoot } from './places.mjs';
import { say } from './say.mjs';
import { hashOf } from './stamp.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

/** Part of the cache key: raise it when the way of building changes. */
const RECIPE = 1;
const modules = join(projectRoot, 'node_modules');

/** Node-API 10's few functions exist in Node-API 9 as experimental ones. */
const API_DEFINE = "'NAPI_VERSION=10'";
const API_DEFINE_FOR_9 = "'NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'";

/** @param {string} name */
const versionOf = (name) =>
  /** @type {{ version: string }} */ (
    JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))
  ).version;

/** @returns {string} */
function bindingPath() {
  const version = versionOf('better-sqlite3');
  const key = hashOf(String(RECIPE), version, versionOf('node-addon-api'), API_DEFINE_FOR_9);
  const folder = `${version}-napi9-${process.platform}-${process.arch}-${key.slice(0, 12)}`;
  return join(cacheRoot(), 'better-sqlite3', folder, 'better_sqlite3.node');
}

/** @returns {string} a folder with include/node/node_api.h, which node-gyp calls a nodedir */
function headersDir() {
  const places = [
    join(modules, `node-linux-${process.arch}`), // the package of Node 24 ships them
    dirname(dirname(process.execPath)),
    '/usr',
  ];
  const found = places.find((place) => existsSync(join(place, 'include/node/node_api.h')));
  if (found === undefined) {
    throw new SetupFailure(
      'The database driver cannot be built for this Electron: the headers of Node (node_api.h) are neither in node_modules nor beside Node.',
    );
  }
  return found;
}

/**
 * @param {string} electron the runtime that is going to load the driver
 * @param {string} target
 * @param {number} lock
 */
async function build(electron, target, lock) {
  const folder = dirname(dirname(target));
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name.startsWith('building-'))
      await rm(join(folder, name), { recursive: true, force: true });
  }
  const work = mkdtempSync(join(folder, 'building-'));
  try {
    const source = join(work, 'better-sqlite3');
    cpSync(join(modules, 'better-sqlite3'), source, {
      recursive: true,
      filter: (path) => basename(path) !== 'prebuilds',
    });
    cpSync(join(modules, 'node-addon-api'), join(work, 'node_modules', 'node-addon-api'), {
      recursive: true,
    });
    const gypFile = join(source, 'binding.gyp');
    const gyp = readFileSync(gypFile, 'utf8');
    if (!gyp.includes(API_DEFINE)) {
      throw new SetupFailure(
        `The database driver cannot be built for this Electron: better-sqlite3 ${versionOf('better-sqlite3')} no longer says ${API_DEFINE} in its binding.gyp.`,
      );
    }
    writeFileSync(gypFile, gyp.replace(API_DEFINE, API_DEFINE_FOR_9));
    const node = ensureNode24();
    const { code, output } = await runLogged(
      'better-sqlite3-build',
      node,
      [
        join(modules, 'node-gyp/bin/node-gyp.js'),
        'rebuild',
        '--release',
        '--force_build=1',
        `--nodedir=${headersDir()}`,
        '-j',
        'max',
      ],
      { cwd: source, env: withNodeFirst(node), keepOpen: lock },
    );
    const made = join(source, 'build/Release/better_sqlite3.node');
    if (code !== 0 || !existsSync(made)) {
      throw new SetupFailure(
        `The database driver could not be built for this Electron: ${errorLine(output, /\berror\b|ERR! stack/i)} — the full report is in ${logFile('better-sqlite3-build')}.`,
      );
    }
    await tryOut(electron, made);
    const ready = join(work, 'ready');
    mkdirSync(ready);
    await copyFile(made, join(ready, basename(target)));
    await rm(dirname(target), { recursive: true, force: true });
    await rename(ready, dirname(target));
  } catch (error) {
    if (error instanceof SetupFailure) throw error;
    throw new SetupFailure(
      `The database driver could not be built for this Electron: ${reason(error)}.`,
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * A driver that does not open a database in the runtime it was built for must not enter the cache.
 * @param {string} electron
 * @param {string} binding
 */
async function tryOut(electron, binding) {
  const program = `
    const Database = require(${JSON.stringify(join(modules, 'better-sqlite3'))});
    const db = new Database(':memory:', { nativeBinding: ${JSON.stringify(binding)} });
    if (db.prepare('select 6 * 7 as n').get().n !== 42) process.exit(1);`;
  const { code, output } = await capture(electron, ['-e', program], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    timeoutMs: 30_000,
  });
  if (code !== 0) {
    throw new SetupFailure(
      `The database driver was built but does not work in this Electron: ${errorLine(output, /error/i)}.`,
    );
  }
}

/**
 * @param {import('../electron-runtime.mjs').ElectronRuntime} runtime
 * @returns {Promise<string | undefined>} the driver to use in this runtime; undefined where the packaged one serves
 */
export async function ensureSqliteBinding(runtime) {
  if (runtime.origin === 'official') return undefined;
  const target = bindingPath();
  if (existsSync(target)) return target;
  await withLock('better-sqlite3', async (lock) => {
    if (existsSync(target)) return;
    await ensureSystemPackages(['compiler']);
    say('Building the database driver for this Electron (once; about a minute) …');
    await build(runtime.executable, target, lock);
  });
  return target;
}
