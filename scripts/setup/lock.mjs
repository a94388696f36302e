// @ts-check
// The lock is the kernel's (flock), tied to an open file: it ends with its holder however that one ends, and a
// child that was given the descriptor (npm ci, the build) keeps holding it if its parent is killed.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { SetupFailure, reason } from './failure.mjs';
import { cacheRoot } from './places.mjs';
import { say } from './say.mjs';

const LONGEST_WAIT_S = 1800;

/**
 * @param {string[]} args
 * @param {number} descriptor
 * @returns {Promise<number | 'absent'>} exit code of flock, or 'absent' where there is no such program
 */
function flock(args, descriptor) {
  return new Promise((resolve) => {
    const child = spawn('flock', [...args, '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
    });
    child.once('error', () => {
      resolve('absent');
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs `work` while no other set-up on this machine runs the step of the same name.
 * @template T
 * @param {string} name
 * @param {(descriptor: number) => Promise<T>} work given the lock's descriptor, to hand on to a child that must keep it
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const folder = join(cacheRoot(), 'locks');
  let descriptor;
  try {
    mkdirSync(folder, { recursive: true });
    descriptor = openSync(join(folder, `${name}.lock`), 'a');
  } catch (error) {
    throw new SetupFailure(
      `Set-up cannot write to its cache folder ${cacheRoot()}: ${reason(error)}. Set XDG_CACHE_HOME to a folder that can be written.`,
    );
  }
  try {
    if ((await flock(['-n'], descriptor)) === 1) {
      say(`Waiting for another set-up on this machine to finish its step "${name}" …`);
      const code = await flock(['-w', String(LONGEST_WAIT_S)], descriptor);
      if (code !== 0) {
        throw new SetupFailure(
          `Another set-up on this machine has held the step "${name}" for ${String(LONGEST_WAIT_S / 60)} minutes; stop it and try again.`,
        );
      }
    }
    return await work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
