// @ts-check
// better-sqlite3 ships prebuilt drivers for Node-API 10 and up. Electron 33 speaks Node-API 9, so there the driver is
// compiled once, and its path handed to the app in SILVASONIC_SQLITE_BINDING.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { capture, errorLine, logFile, runLogged } from './command.mjs';
import { SetupFailure, reason } from './failure.mjs';
import { withLock } from './lock.mjs';
import { cacheRoot, projectRoot } from './places.mjs';
import { say } from './say.mjs';
import { hashOf } from './stamp.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

/** Part of the cache key: raise it when the way of building changes. */
const RECIPE = 4;
const modules = join(projectRoot, 'node_modules');

/** better-sqlite3 asks for NAPI_VERSION=10; its few new functions exist in Node-API 9 as experimental ones. */
const NODE_API_DEFINES = [
  '-DNAPI_EXPERIMENTAL',
  '-DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT',
  '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
];

/** How Node itself compiles addons. */
const NODE_FLAGS = ['-fno-exceptions', '-fno-rtti', '-fno-strict-aliasing'];

/** @param {string} name */
const versionOf = (name) =>
  /** @type {{ version: string }} */ (
    JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))
  ).version;

/** @returns {string} */
function bindingPath() {
  const version = versionOf('better-sqlite3');
  const key = hashOf(String(RECIPE), version, versionOf('node-addon-api'), ...NODE_API_DEFINES);
  const folder = `${version}-napi9-${process.platform}-${process.arch}-${key.slice(0, 12)}`;
  return join(cacheRoot(), 'better-sqlite3', folder, 'better_sqlite3.node');
}

/**
 * The compile-time options of SQLite that better-sqlite3 was made for.
 * @param {string} text deps/defines.gypi
 * @returns {string[]} as the compiler takes them
 */
export function sqliteDefines(text) {
  return [...text.matchAll(/^\s*'([A-Z0-9_]+(?:=[^']*)?)',$/gm)].map(
    (match) => `-D${match[1] ?? ''}`,
  );
}

/**
 * The two halves of the driver and how they become one, without node-gyp: that would need Python and make on the machine.
 * @param {string} work where the results go
 * @returns {{ compile: [string, ...string[]][], link: [string, ...string[]], result: string }}
 */
function compilerCalls(work) {
  const source = join(modules, 'better-sqlite3');
  const sqlite = join(source, 'deps', 'sqlite3');
  const headers = join(modules, `node-linux-${process.arch}`, 'include', 'node');
  const defines = sqliteDefines(readFileSync(join(source, 'deps', 'defines.gypi'), 'utf8'));
  if (!existsSync(join(headers, 'node_api.h')) || defines.length === 0) {
    throw new SetupFailure(
      `The database driver cannot be built for this Electron: ${defines.length === 0 ? 'better-sqlite3 no longer lists its options in deps/defines.gypi' : `there is no node_api.h in ${headers}`}.`,
    );
  }
  // -O1 compiles in less than half the time of -O2, and this driver is for development and tests only.
  const common = ['-O1', '-fPIC', '-DNDEBUG', '-w', '-c'];
  const result = join(work, 'better_sqlite3.node');
  return {
    compile: [
      [
        'gcc',
        ...common,
        '-std=c99',
        ...defines,
        '-o',
        join(work, 'sqlite3.o'),
        join(sqlite, 'sqlite3.c'),
      ],
      [
        'g++',
        ...[...common, '-std=c++20', '-fvisibility=hidden', ...NODE_FLAGS],
        ...['-DBUILDING_NODE_EXTENSION', '-DNODE_GYP_MODULE_NAME=better_sqlite3'],
        ...NODE_API_DEFINES,
        ...['-I', headers, '-I', join(modules, 'node-addon-api'), '-I', sqlite],
        ...['-o', join(work, 'driver.o'), join(source, 'src', 'better_sqlite3.cpp')],
      ],
    ],
    link: [
      'g++',
      ...['-shared', '-pthread', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL', '-o', result],
      ...[join(work, 'driver.o'), join(work, 'sqlite3.o'), '-ldl', '-lm'],
    ],
    result,
  };
}

/**
 * @param {string} name of the log
 * @param {[string, ...string[]]} call
 * @param {number} lock
 */
async function compile(name, [program, ...args], lock) {
  const { code, output } = await runLogged(name, program, args, { keepOpen: lock });
  if (code === 0) return;
  throw new SetupFailure(
    `The database driver could not be built for this Electron: ${errorLine(output, /error/i)} — the full report is in ${logFile(name)}.`,
  );
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
    const calls = compilerCalls(work);
    const halves = calls.compile.map((call, index) =>
      compile(`better-sqlite3-${String(index + 1)}`, call, lock),
    );
    // Wait for both even if one fails, so that none still writes when the folder is removed.
    for (const half of await Promise.allSettled(halves)) {
      if (half.status === 'rejected') throw half.reason;
    }
    await compile('better-sqlite3-link', calls.link, lock);
    await tryOut(electron, calls.result);
    const ready = join(work, 'ready');
    mkdirSync(ready);
    await rename(calls.result, join(ready, basename(target)));
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
    say('Building the database driver for this Electron (once; less than a minute) …');
    await build(runtime.executable, target, lock);
  });
  return target;
}
