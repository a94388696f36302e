import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { execa } from 'execa';

const PROGRAM = resolve(import.meta.dirname, '../../out/main/headless.mjs');

/** The command line as it is built and shipped, as a process of its own. A bad end is a result, not an error. */
export function station(
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly timeout?: number } = {},
) {
  if (!existsSync(PROGRAM))
    throw new Error('The console is not built: "npm run build" comes first.');
  return execa(process.execPath, [PROGRAM, ...args], { ...options, reject: false });
}
