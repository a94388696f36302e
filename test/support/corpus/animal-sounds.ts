import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from '../../../scripts/setup/lock.mjs';
import { cacheRoot } from '../../../scripts/setup/places.mjs';

const run = promisify(execFile);

/** Real voices of real animals, from a Debian package that children paint with. */
const PACKAGE = 'tuxpaint-stamps-default';
const FOLDER = './usr/share/tuxpaint/stamps/animals';
const SOUNDS = [
  'amphibians/frog',
  'birds/crow',
  'birds/duck',
  'insects/bee',
  'mammals/aquatic/dolphin',
  'mammals/rodents/mouse',
];
const TIMEOUT_MS = 180_000;

export type AnimalSounds =
  | { readonly paths: readonly string[] }
  /** Why there are none, in one sentence. */
  | { readonly missing: string };

/**
 * Six short sounds (Ogg, mono, 44.1 kHz). The first call of a machine downloads 160 MB from its Debian mirror and keeps
 * 110 kB in the project's cache; where that cannot be done, the reason is returned and tried again the next time.
 */
export async function animalSounds(): Promise<AnimalSounds> {
  const kept = join(cacheRoot(), PACKAGE);
  if (!existsSync(kept)) {
    try {
      await withLock(PACKAGE, () => (existsSync(kept) ? Promise.resolve() : fetchInto(kept)));
    } catch (error) {
      const reason = String((error as { stderr?: unknown }).stderr ?? error).trim();
      return {
        missing: `No animal sounds: the Debian package ${PACKAGE} cannot be had here (${reason.split('\n').at(-1) ?? ''}).`,
      };
    }
  }
  return { paths: SOUNDS.map((name) => join(kept, `${name.split('/').at(-1)!}.ogg`)) };
}

async function fetchInto(kept: string): Promise<void> {
  mkdirSync(dirname(kept), { recursive: true });
  const work = mkdtempSync(`${kept}-`);
  try {
    await run(
      'apt-get',
      ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20', 'download', PACKAGE],
      {
        cwd: work,
        timeout: TIMEOUT_MS,
      },
    );
    const deb = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (deb === undefined) throw new Error('apt-get brought no package');
    mkdirSync(join(work, 'sounds'));
    const wanted = SOUNDS.map((name) => `${FOLDER}/${name}.ogg`).join(' ');
    const unpack = `set -o pipefail; dpkg-deb --fsys-tarfile ${deb} | tar x -C sounds --transform 's,.*/,,' ${wanted}`;
    await run('bash', ['-c', unpack], { cwd: work, timeout: TIMEOUT_MS });
    renameSync(join(work, 'sounds'), kept);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
