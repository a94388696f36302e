// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { capture, errorLine, logFile, runLogged } from './command.mjs';
import { say } from './say.mjs';

/**
 * @typedef {object} InstallRights
 * @property {boolean} may
 * @property {string} because why not, when it may not
 * @property {readonly string[]} prefix what to put before apt-get
 * @property {string} command how a person would install a package
 */

const APT_GET = '/usr/bin/apt-get';
const LOCK_WAIT_S = 300;
const OPTIONS = [
  '-o',
  `DPkg::Lock::Timeout=${String(LOCK_WAIT_S)}`,
  '-o',
  'Acquire::Retries=2',
  '-o',
  'Acquire::http::Timeout=20',
  '-o',
  'Acquire::https::Timeout=20',
];
const QUIET = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', NEEDRESTART_SUSPEND: '1' };

/** @returns {InstallRights} whether set-up may install Debian packages here without asking for a password */
export function installRights() {
  if (!existsSync(APT_GET)) {
    return {
      may: false,
      because: 'this system has no apt',
      prefix: [],
      command: 'your package manager, looking for',
    };
  }
  if (process.getuid?.() === 0) {
    return { may: true, because: '', prefix: [], command: 'apt-get install' };
  }
  const command = 'sudo apt-get install';
  // -n: never ask for a password; someone may be looking at a terminal that has no keyboard
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) {
    return {
      may: true,
      because: '',
      prefix: ['sudo', '-n', '--preserve-env=DEBIAN_FRONTEND,LC_ALL,NEEDRESTART_SUSPEND'],
      command,
    };
  }
  return { may: false, because: 'that needs root', prefix: [], command };
}

/**
 * @param {InstallRights} rights
 * @param {readonly string[]} args
 * @returns {Promise<import('./command.mjs').CommandResult>}
 */
function aptGet(rights, args) {
  const [program, ...rest] = [...rights.prefix, APT_GET, ...OPTIONS, ...args];
  return runLogged(`apt-${args[0] ?? 'get'}`, program ?? APT_GET, rest, {
    env: { ...process.env, ...QUIET },
  });
}

/**
 * `apt-get update` has no option to wait for the lock on its lists, so it is asked again until it gets it.
 * @param {InstallRights} rights
 */
async function update(rights) {
  say('Refreshing the list of system packages (apt-get update) …');
  const deadline = Date.now() + LOCK_WAIT_S * 1000;
  for (;;) {
    const result = await aptGet(rights, ['update']);
    if (result.code === 0 || !/could not get lock/i.test(result.output)) return;
    if (Date.now() > deadline) return;
    await wait(3000);
  }
}

/**
 * @param {readonly string[]} names
 * @returns {Promise<Set<string>>} those that the present lists offer
 */
async function offered(names) {
  const { output } = await capture('apt-cache', ['policy', ...names], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  return parsePolicy(output);
}

/**
 * @param {string} text what `apt-cache policy` prints
 * @returns {Set<string>} the packages that have a candidate
 */
export function parsePolicy(text) {
  /** @type {Set<string>} */
  const found = new Set();
  let name = '';
  for (const line of text.split('\n')) {
    const heading = /^(\S+):$/.exec(line);
    if (heading) name = heading[1] ?? '';
    const candidate = /^ {2}Candidate: (\S+)/.exec(line);
    if (candidate && candidate[1] !== '(none)') found.add(name);
  }
  return found;
}

/**
 * Which of the named packages can be installed; refreshes apt's lists when they know nothing for one of the needs.
 * @param {readonly string[]} names
 * @param {InstallRights} rights
 * @param {readonly { packages: readonly string[] }[]} needs
 * @returns {Promise<Set<string>>}
 */
export async function candidatesOf(names, rights, needs) {
  const known = await offered(names);
  if (needs.every((need) => need.packages.some((name) => known.has(name)))) return known;
  await update(rights);
  return offered(names);
}

/** @param {string} output */
const whyAptFailed = (output) =>
  `${errorLine(output, /^E: /).replace(/^E: /, '')} — apt's full report is in ${logFile('apt-install')}`;

/**
 * @param {readonly string[]} packages
 * @param {InstallRights} rights
 * @returns {Promise<string | undefined>} why something was not installed, or undefined when all went well
 */
export async function installPackages(packages, rights) {
  say(
    packages.length === 1
      ? `Installing a system package with apt: ${packages[0] ?? ''} …`
      : `Installing ${String(packages.length)} system packages with apt: ${packages.join(' ')} …`,
  );
  const install = ['install', '-y', '--no-install-recommends'];
  let result = await aptGet(rights, [...install, ...packages]);
  if (result.code === 0) return undefined;
  if (/could not get lock/i.test(result.output)) {
    return `another program has been using apt for ${String(LOCK_WAIT_S / 60)} minutes`;
  }
  // Old lists name files that the mirrors no longer keep.
  await update(rights);
  result = await aptGet(rights, [...install, ...packages]);
  if (result.code === 0) return undefined;
  if (/dpkg was interrupted/i.test(result.output)) {
    return 'an earlier installation was interrupted; run "dpkg --configure -a" as root first';
  }
  if (packages.length === 1 || /unable to fetch|failed to fetch/i.test(result.output)) {
    return whyAptFailed(result.output);
  }
  // One package that cannot be installed must not keep the others out.
  /** @type {string | undefined} */
  let failure;
  for (const name of packages) {
    result = await aptGet(rights, [...install, name]);
    if (result.code !== 0) failure = whyAptFailed(result.output);
  }
  return failure;
}
