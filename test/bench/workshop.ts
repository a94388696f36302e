import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, treeOf } from './process-tree.ts';

export const projectRoot = resolve(import.meta.dirname, '../..');

/** Everything a benchmark makes, so that nothing of it outlives the run, however the run ends. */
export class Workshop {
  readonly root = mkdtempSync(join(tmpdir(), 'silvasonic-bench-'));
  readonly #children = new Set<ChildProcess>();
  #folders = 0;

  folder(name: string): string {
    this.#folders += 1;
    return join(this.root, `${String(this.#folders)}-${name}`);
  }

  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(program, args, options);
    this.#children.add(child);
    child.once('exit', () => {
      this.#children.delete(child);
    });
    child.on('error', () => {
      this.#children.delete(child);
    });
    return child;
  }

  /** Asks a process to end, waits, and insists. */
  async end(child: ChildProcess, patienceMs = 20_000): Promise<void> {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((done) => {
      child.once('exit', () => {
        done();
      });
    });
    const tree = treeOf([child.pid]);
    child.kill('SIGTERM');
    const ended = await Promise.race([
      gone.then(() => true),
      delay(patienceMs, false, { ref: false }),
    ]);
    if (!ended) child.kill('SIGKILL');
    await gone;
    // Helpers of a window follow their parent; one that does not is not to disturb the next measurement.
    for (let i = 0; i < 40 && tree.some((pid) => isAlive(pid)); i += 1) await delay(50);
    for (const pid of tree) if (isAlive(pid)) kill(pid);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.end(child)));
    this.closeNow();
  }

  /** For the last moment, when nothing can be waited for any more. */
  closeNow(): void {
    const roots = [...this.#children].map((child) => child.pid ?? 0).filter((pid) => pid > 0);
    for (const pid of treeOf(roots)) kill(pid);
    for (const { pid, startTicks } of this.#captures()) if (isAlive(pid, startTicks)) kill(pid);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Captures are made to outlive their console: they are found by what they left in the data folders. */
  #captures(): { pid: number; startTicks: number }[] {
    if (!existsSync(this.root)) return [];
    return readdirSync(this.root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('/run.json'))
      .flatMap((path) => {
        try {
          const { process } = JSON.parse(readFileSync(join(this.root, path), 'utf8')) as {
            process: { pid: number; startTicks: number } | null;
          };
          return process === null ? [] : [process];
        } catch {
          return [];
        }
      });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** Asks again and again until there is an answer. @throws Error that says what was waited for */
export async function until<T>(
  what: string,
  patienceMs: number,
  ask: () => T | null | undefined | Promise<T | null | undefined>,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined) return answer;
    if (performance.now() > deadline) {
      throw new Error(`waited ${String(patienceMs / 1000)} s in vain for ${what}`);
    }
    await delay(20);
  }
}
