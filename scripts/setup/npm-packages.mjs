// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorLine, logFile, runLogged } from './command.mjs';
import { SetupFailure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { cloneId, projectRoot } from './places.mjs';
import { say } from './say.mjs';
import { hashOf, readTextIfThere, stampMatches, writeStamp } from './stamp.mjs';

/**
 * How to call the npm that belongs to this session: the one that started us, else the one on PATH.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {[string, ...string[]]}
 */
export function npmCommand(env = process.env) {
  const script = env['npm_execpath'];
  if (script?.endsWith('npm-cli.js') && existsSync(script)) return [process.execPath, script];
  return ['npm'];
}

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} LockFile
 */

/**
 * Whether what npm says it installed is what the lock file asks for. Optional packages may be absent: they are for other
 * platforms.
 * @param {string} lockText package-lock.json
 * @param {string | undefined} installedText node_modules/.package-lock.json, which npm writes when it has finished
 * @returns {boolean}
 */
export function installedAsLocked(lockText, installedText) {
  if (installedText === undefined) return false;
  try {
    const locked = /** @type {LockFile} */ (JSON.parse(lockText)).packages ?? {};
    const installed = /** @type {LockFile} */ (JSON.parse(installedText)).packages ?? {};
    return (
      Object.keys(installed).every((path) => path in locked) &&
      Object.entries(locked).every(([path, want]) => {
        if (path === '') return true; // the project itself
        const have = installed[path];
        if (have === undefined) return want.optional === true;
        return have.version === want.version && have.integrity === want.integrity;
      })
    );
  } catch {
    return false;
  }
}

const lockFile = join(projectRoot, 'package-lock.json');
const installedFile = join(projectRoot, 'node_modules', '.package-lock.json');
const stampFile = join(projectRoot, 'node_modules', '.cache', 'silvasonic', 'npm-packages');

/** @param {string} lockText */
const stampFor = (lockText) =>
  hashOf(lockText, readTextIfThere(join(projectRoot, 'package.json')) ?? '', process.arch);

/** @param {string} lockText */
function isDone(lockText) {
  if (!existsSync(installedFile)) return false; // npm removes it first and writes it last
  const stamp = stampFor(lockText);
  if (stampMatches(stampFile, stamp)) return true;
  if (!installedAsLocked(lockText, readTextIfThere(installedFile))) return false;
  writeStamp(stampFile, stamp); // somebody ran npm themselves
  return true;
}

/**
 * Makes node_modules what package-lock.json says.
 * @returns {Promise<void>}
 */
export async function ensureNpmPackages() {
  const lockText = readTextIfThere(lockFile);
  if (lockText === undefined) {
    throw new SetupFailure(
      `The file ${lockFile} is missing: this is not a complete clone of the project.`,
    );
  }
  if (isDone(lockText)) return;
  await withLock(`npm-packages-${cloneId()}`, async (lock) => {
    if (isDone(lockText)) return;
    say('Installing the npm packages (npm ci); a minute or two where none are cached …');
    const [npm, ...args] = npmCommand();
    const { code, output } = await runLogged(
      'npm-ci',
      npm,
      [
        ...args,
        'ci',
        '--loglevel=error',
        '--no-audit',
        '--no-fund',
        '--include=dev',
        '--include=optional',
      ],
      { cwd: projectRoot, keepOpen: lock, env: { ...process.env, NODE_ENV: undefined } },
    );
    if (code !== 0 || !existsSync(installedFile)) {
      throw new SetupFailure(
        `The npm packages could not be installed: ${errorLine(output, /^npm error (?!code |errno |syscall |A complete log)/).replace(/^npm error /, '')} — npm's full report is in ${logFile('npm-ci')}.`,
      );
    }
    writeStamp(stampFile, stampFor(lockText));
  });
}
