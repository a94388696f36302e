import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { errorCode } from '../files/error-code';

/**
 * Starts a program in a group of its own that the kernel ends when we die, by whatever signal: nobody else would.
 * Without `setpriv` (util-linux) it is started all the same.
 * @throws the system's error when it cannot be started
 */
export async function spawnBound(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  const start = async (command: string, all: readonly string[]): Promise<ChildProcess> => {
    const child = spawn(command, all, { ...options, detached: true });
    await once(child, 'spawn');
    return child;
  };
  try {
    return await start('setpriv', ['--pdeathsig', 'KILL', program, ...args]);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return start(program, args);
  }
}
