// @ts-check
// Which programs and libraries of the operating system the console needs, how each is recognised, and which Debian
// package brings it. Detection looks at the machine, not at dpkg: whoever built ffmpeg by hand has ffmpeg.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { SetupFailure, reason } from './failure.mjs';
import { say } from './say.mjs';
import { hashOf, stampMatches, writeStamp } from './stamp.mjs';
import { cacheRoot } from './places.mjs';
import { withLock } from './lock.mjs';
import { candidatesOf, installPackages, installRights } from './apt.mjs';

/**
 * @typedef {{ binary: string } | { library: string } | { file: string }} Evidence
 *   a program on PATH, a shared library by its soname, or a file
 */

/**
 * @typedef {object} Need
 * @property {string} name what is looked for, as people call it
 * @property {Evidence} evidence
 * @property {readonly string[]} packages Debian packages that bring it, by preference: the first that this release has is taken
 * @property {string} without what happens without it, completing the sentence "Without it …"
 * @property {boolean} [optional] its absence is said, but does not stop the task
 */

/** @typedef {'station' | 'window' | 'tests' | 'compiler'} NeedSet */

/**
 * @param {string} soname
 * @param {...string} packages
 * @returns {Need}
 */
const windowLibrary = (soname, ...packages) => ({
  name: soname,
  evidence: { library: soname },
  packages,
  without: 'the console window cannot open',
});

/**
 * @param {string} binary
 * @param {string} package_
 * @param {string} without
 * @returns {Need}
 */
const program = (binary, package_, without) => ({
  name: binary,
  evidence: { binary },
  packages: [package_],
  without,
});

/** @returns {string} the folder name of this architecture in Debian's library folders */
const triplet = () => (process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu');

/** @type {Readonly<Record<NeedSet, readonly Need[]>>} */
export const NEEDS = {
  station: [
    program('ffmpeg', 'ffmpeg', 'nothing can be recorded'),
    program('flac', 'flac', 'nothing can be exported or uploaded as FLAC'),
    { ...program('rclone', 'rclone', 'recordings are not uploaded'), optional: true },
    {
      ...program('arecord', 'alsa-utils', 'sound cards cannot be tried out by hand'),
      optional: true,
    },
    {
      name: 'libsecret',
      evidence: { library: 'libsecret-1.so.0' },
      packages: ['libsecret-1-0'],
      without: 'passwords for remotes cannot be kept in the keyring',
      optional: true,
    },
  ],
  window: [
    windowLibrary('libgtk-3.so.0', 'libgtk-3-0', 'libgtk-3-0t64'),
    windowLibrary('libnss3.so', 'libnss3'),
    windowLibrary('libnspr4.so', 'libnspr4'),
    windowLibrary('libgbm.so.1', 'libgbm1'),
    windowLibrary('libdrm.so.2', 'libdrm2'),
    windowLibrary('libasound.so.2', 'libasound2', 'libasound2t64'),
    windowLibrary('libatk-1.0.so.0', 'libatk1.0-0', 'libatk1.0-0t64'),
    windowLibrary('libatk-bridge-2.0.so.0', 'libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'),
    windowLibrary('libatspi.so.0', 'libatspi2.0-0', 'libatspi2.0-0t64'),
    windowLibrary('libcups.so.2', 'libcups2', 'libcups2t64'),
    windowLibrary('libdbus-1.so.3', 'libdbus-1-3'),
    windowLibrary('libexpat.so.1', 'libexpat1'),
    windowLibrary('libglib-2.0.so.0', 'libglib2.0-0', 'libglib2.0-0t64'),
    windowLibrary('libpango-1.0.so.0', 'libpango-1.0-0'),
    windowLibrary('libcairo.so.2', 'libcairo2'),
    windowLibrary('libudev.so.1', 'libudev1'),
    windowLibrary('libxkbcommon.so.0', 'libxkbcommon0'),
    windowLibrary('libX11.so.6', 'libx11-6'),
    windowLibrary('libxcb.so.1', 'libxcb1'),
    windowLibrary('libXcomposite.so.1', 'libxcomposite1'),
    windowLibrary('libXdamage.so.1', 'libxdamage1'),
    windowLibrary('libXext.so.6', 'libxext6'),
    windowLibrary('libXfixes.so.3', 'libxfixes3'),
    windowLibrary('libXrandr.so.2', 'libxrandr2'),
  ],
  tests: [
    program('Xvfb', 'xvfb', 'the end-to-end tests have no screen'),
    program('xvfb-run', 'xvfb', 'the end-to-end tests have no screen'),
    program('xauth', 'xauth', 'the end-to-end tests cannot open their screen'),
    {
      ...program('dbus-run-session', '', 'the keyring tests have no session bus'),
      packages: ['dbus-daemon', 'dbus'],
    },
    {
      ...program('dbus-send', '', 'the keyring tests cannot see when the keyring is ready'),
      packages: ['dbus-bin', 'dbus'],
    },
    program('gnome-keyring-daemon', 'gnome-keyring', 'the keyring tests have no keyring'),
    program('gcc', 'gcc', 'the simulated ALSA microphone of the tests cannot be compiled'),
    {
      name: 'the ALSA headers',
      evidence: { file: '/usr/include/alsa/asoundlib.h' },
      packages: ['libasound2-dev'],
      without: 'the simulated ALSA microphone of the tests cannot be compiled',
    },
    {
      // gcc itself only recommends it, and nothing links without it.
      name: 'the C library headers',
      evidence: { file: '/usr/include/stdlib.h' },
      packages: ['libc6-dev'],
      without: 'the simulated ALSA microphone of the tests cannot be compiled',
    },
    {
      ...program('umockdev-wrapper', 'umockdev', 'the test that plugs USB devices is skipped'),
      optional: true,
    },
    {
      name: 'umockdev for Python',
      evidence: { file: `/usr/lib/${triplet()}/girepository-1.0/UMockdev-1.0.typelib` },
      packages: ['gir1.2-umockdev-1.0'],
      without: 'the test that plugs USB devices is skipped',
      optional: true,
    },
    {
      name: 'GObject for Python',
      evidence: { file: '/usr/lib/python3/dist-packages/gi/__init__.py' },
      packages: ['python3-gi'],
      without: 'the test that plugs USB devices is skipped',
      optional: true,
    },
  ],
  // Only where the Electron runtime comes from the npm registry: its Node-API is older than better-sqlite3's prebuilds.
  compiler: [
    program('gcc', 'gcc', 'the database driver cannot be built for this Electron'),
    program('g++', 'g++', 'the database driver cannot be built for this Electron'),
    {
      name: 'the C library headers',
      evidence: { file: '/usr/include/stdlib.h' },
      packages: ['libc6-dev'],
      without: 'the database driver cannot be built for this Electron',
    },
  ],
};

/**
 * @param {readonly Need[]} needs
 * @param {(evidence: Evidence) => boolean} isThere
 * @returns {Need[]}
 */
export function missingNeeds(needs, isThere) {
  return needs.filter((need) => !isThere(need.evidence));
}

/**
 * What to ask of apt.
 * @param {readonly Need[]} missing
 * @param {ReadonlySet<string>} available the packages that this Debian release can install
 * @returns {{ install: string[], unknown: Need[] }} `unknown`: needs for which this release has no package
 */
export function installPlan(missing, available) {
  /** @type {Set<string>} */
  const install = new Set();
  /** @type {Need[]} */
  const unknown = [];
  for (const need of missing) {
    const chosen = need.packages.find((name) => available.has(name));
    if (chosen === undefined) unknown.push(need);
    else install.add(chosen);
  }
  return { install: [...install].sort(), unknown };
}

/**
 * One sentence for one missing need: what, what will not work, how to get it.
 * @param {Need} need
 * @param {{ command: string, because?: string }} how
 * @returns {string}
 */
export function missingSentence(need, { command, because }) {
  const why = because === undefined ? '' : ` (it could not be installed: ${because})`;
  return `${need.name} is missing${why}: without it ${need.without}; install it with "${command} ${need.packages[0] ?? need.name}".`;
}

const LIBRARY_FOLDERS = ['/lib', '/usr/lib', '/usr/local/lib', '/lib64', '/usr/lib64'];

/** @returns {ReadonlySet<string>} sonames that the dynamic linker finds */
function installedLibraries() {
  /** @type {Set<string>} */
  const names = new Set();
  for (const ldconfig of ['/sbin/ldconfig', '/usr/sbin/ldconfig', 'ldconfig']) {
    const listed = spawnSync(ldconfig, ['-p'], { encoding: 'utf8' });
    if (listed.status !== 0) continue;
    for (const match of listed.stdout.matchAll(/^\t(\S+) /gm)) names.add(match[1] ?? '');
    return names;
  }
  for (const folder of LIBRARY_FOLDERS.flatMap((name) => [name, join(name, triplet())])) {
    try {
      for (const name of readdirSync(folder)) names.add(name);
    } catch {
      // no such folder on this machine
    }
  }
  return names;
}

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {(evidence: Evidence) => boolean} a look at this machine; libraries are listed once, and only when asked for
 */
export function lookAtMachine(env = process.env) {
  /** @type {ReadonlySet<string> | undefined} */
  let libraries;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return (evidence) => {
    if ('file' in evidence) return existsSync(evidence.file);
    if ('library' in evidence) {
      libraries ??= installedLibraries();
      return libraries.has(evidence.library);
    }
    return folders.some((folder) => {
      try {
        accessSync(join(folder, evidence.binary), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  };
}

/**
 * @param {readonly NeedSet[]} sets
 * @returns {Need[]} each thing once, with the first set's reason
 */
export function needsOf(sets) {
  const needs = sets.flatMap((set) => NEEDS[set]);
  return needs.filter((need, index) => needs.findIndex(({ name }) => name === need.name) === index);
}

/**
 * Installs what is missing where that is permitted, and says what stays missing.
 * @param {readonly NeedSet[]} sets
 * @param {{ tolerant?: boolean }} [options] tolerant: a missing required need is said, not thrown
 * @returns {Promise<void>}
 */
export async function ensureSystemPackages(sets, { tolerant = false } = {}) {
  const needs = needsOf(sets);
  if (missingNeeds(needs, lookAtMachine()).length === 0) return;
  await withLock('system-packages', async () => {
    const missing = missingNeeds(needs, lookAtMachine()); // another set-up may have installed them meanwhile
    if (missing.length === 0) return;
    const rights = installRights();
    /** @type {string | undefined} */
    let because = rights.may ? undefined : rights.because;
    if (rights.may) {
      const wanted = missing.flatMap((need) => need.packages);
      const available = await candidatesOf(wanted, rights, missing);
      const plan = installPlan(missing, available);
      if (plan.install.length > 0) because = await installPackages(plan.install, rights);
      else because = 'this system has no package of that name';
    }
    const still = missingNeeds(missing, lookAtMachine());
    for (const need of still) {
      say(missingSentence(need, { command: rights.command, ...(because ? { because } : {}) }));
    }
    const fatal = still.filter((need) => need.optional !== true);
    if (fatal.length > 0 && !tolerant) {
      throw new SetupFailure(
        `Set-up stops here until that is installed: ${rights.command} ${[...new Set(fatal.map((need) => need.packages[0]))].join(' ')}`,
      );
    }
  });
}

/**
 * As `ensureSystemPackages`, but only the first time on this machine, and never in the way: the station itself reports a
 * missing ffmpeg in its own words, so whoever removed it later gets that report and not another installation.
 * @param {readonly NeedSet[]} sets
 * @returns {Promise<void>}
 */
export async function offerSystemPackagesOnce(sets) {
  const stamp = join(cacheRoot(), 'stamps', `offered-${[...sets].sort().join('-')}`);
  const hash = hashOf(JSON.stringify(needsOf(sets)));
  if (stampMatches(stamp, hash)) return;
  try {
    await ensureSystemPackages(sets, { tolerant: true });
    writeStamp(stamp, hash);
  } catch (error) {
    // A station may run as a user without a home folder: then nothing is remembered, and that is all.
    if (missingNeeds(needsOf(sets), lookAtMachine()).length > 0) say(reason(error));
  }
}
