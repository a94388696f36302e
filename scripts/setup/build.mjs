// @ts-check
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorLine, logFile, runLogged } from './command.mjs';
import { SetupFailure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { withNodeFirst } from './node-24.mjs';
import { cloneId, projectRoot } from './places.mjs';
import { say } from './say.mjs';
import { hashOf, removeStamp, stampMatches, writeStamp } from './stamp.mjs';

/** What the built program is made from. */
const SOURCES = [
  'electron',
  'main',
  'renderer',
  'shared',
  'resources',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

const stampFile = join(projectRoot, 'out', '.built-from');
const results = ['out/main/headless.mjs', 'out/main/index.mjs', 'out/preload/index.cjs'];

/**
 * Path, size and time of every file below the given ones: cheap to compare, and a file that is added, changed or removed
 * shows.
 * @param {string} root
 * @param {readonly string[]} names
 * @returns {string}
 */
export function fingerprint(root, names) {
  /** @type {string[]} */
  const facts = [];
  /** @param {string} path */
  const look = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) look(join(path, name));
    } else {
      facts.push(`${path} ${String(stat.size)} ${String(stat.mtimeMs)}`);
    }
  };
  for (const name of names) look(name);
  return hashOf(...facts);
}

/** @param {string} mark */
const isBuilt = (mark) =>
  stampMatches(stampFile, mark) && results.every((file) => existsSync(join(projectRoot, file)));

/**
 * Builds the console when its sources are not those of the last build.
 * @param {string} node
 * @returns {Promise<void>}
 */
export async function ensureBuild(node) {
  if (isBuilt(fingerprint(projectRoot, SOURCES))) return;
  await withLock(`build-${cloneId()}`, async (lock) => {
    const mark = fingerprint(projectRoot, SOURCES);
    if (isBuilt(mark)) return;
    say('Building the console …');
    removeStamp(stampFile);
    const { code, output } = await runLogged(
      'build',
      node,
      [join(projectRoot, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'],
      { cwd: projectRoot, env: withNodeFirst(node), keepOpen: lock },
    );
    if (code !== 0) {
      throw new SetupFailure(
        `The console could not be built: ${errorLine(output, /^\[[A-Z_]+\]|Error: /)} — the full report is in ${logFile('build')}.`,
      );
    }
    writeStamp(stampFile, mark);
  });
}
