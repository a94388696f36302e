import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';

const HOOKS = pathToFileURL(resolve(import.meta.dirname, 'typescript-hooks.mjs')).href;
/** What Node must be told to run TypeScript that may import `@main/…`; the program follows. */
export const RUN_TYPESCRIPT = ['--import', HOOKS, '--input-type=module-typescript', '-e'];

/**
 * Another process that runs this TypeScript (which may import `@main/…`), once it has printed a line. Killed
 * when the test is over.
 */
export async function typescriptProcess(program: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...RUN_TYPESCRIPT, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('the other process ended before it said anything');
    }),
  ]);
  return child;
}
