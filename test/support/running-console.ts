import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';

const PROGRAM = resolve(import.meta.dirname, '../../out/main/headless.mjs');

export type Line = Readonly<Record<string, unknown>>;

export interface RunningConsole {
  readonly child: ChildProcess & { readonly pid: number };
  /** What it has said, a document a line. */
  readonly lines: readonly Line[];
  readonly errors: () => string;
  /** The first line that fits, as soon as it is there. */
  line(fits: (line: Line) => boolean, timeoutMs?: number): Promise<Line>;
  /** Asks it to stop. @returns its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** It ends as in a power cut. */
  kill(): Promise<void>;
}

/** `run --json` as a process of its own. End it: nothing does by itself. */
export function runConsole(args: readonly string[]): RunningConsole {
  const child = spawn(process.execPath, [PROGRAM, 'run', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Line[] = [];
  let errors = '';
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line) as Line));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'close');
  return {
    child: child as ChildProcess & { pid: number },
    lines,
    errors: () => errors,
    line: async (fits, timeoutMs = 20_000) =>
      vi.waitFor(
        () => {
          const found = lines.find(fits);
          if (found === undefined)
            throw new Error(`not said so far; ${errors} ${JSON.stringify(lines)}`);
          return found;
        },
        { timeout: timeoutMs, interval: 25 },
      ),
    stop: async (signal = 'SIGINT') => {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
