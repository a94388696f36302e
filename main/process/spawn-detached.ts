import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { errorCode } from '../files/error-code';
import { identifyProcess, type ProcessIdentity } from './identity';
import { messageOf } from '../error-message';

export interface DetachedProcess {
  readonly identity: ProcessIdentity;
  /** Resolves when the process is gone, if it goes while we live. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** The program does not exist or may not be run. */
export class SpawnError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'SpawnError';
    this.code = code;
  }
}

/**
 * Starts a process that outlives us: a session of its own, no pipes, output appended to files.
 * Node's own spawn, because execa hands a child no plain file descriptors: its pipes would die with us.
 * @throws SpawnError, with the code of the system, e.g. ENOENT
 */
export async function spawnDetached(
  program: string,
  args: readonly string[],
  output: { readonly stdoutFile: string; readonly stderrFile: string },
): Promise<DetachedProcess> {
  const stdout = openSync(output.stdoutFile, 'a');
  const stderr = openSync(output.stderrFile, 'a');
  try {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', stdout, stderr],
      // Messages are read by us, so they are to be in the language that we know.
      env: { ...process.env, LC_ALL: 'C', AV_LOG_FORCE_NOCOLOR: '1' },
    });
    const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
    await once(child, 'spawn');
    child.unref();
    const pid = child.pid ?? -1;
    try {
      // A process that ends at once still has a number to be known by.
      const identity = (await identifyProcess(pid)) ?? { pid, startTicks: -1, bootId: '' };
      return { identity, exited };
    } catch (error) {
      // Nobody could ever tell it from another one: it must not go on.
      child.kill('SIGKILL');
      throw error;
    }
  } catch (error) {
    throw new SpawnError(errorCode(error), messageOf(error));
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}
