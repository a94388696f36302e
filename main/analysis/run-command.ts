import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock/clock';
import { burden } from '../process/priority';
import type { Command } from './command-template';

/** More than any list of detections; whoever prints more is stopped. */
const MOST_OUTPUT_BYTES = 2_000_000;
const LAST_WORDS_BYTES = 300;
/** So long its output is still listened to once it has exited, and its end is waited for once it was killed. */
const LAST_OUTPUT_MS = 2000;
/** What a program needs to find itself and its files. Nothing else: keys and passwords lie in the environment, too. */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TZ', 'TMPDIR', 'XDG_CACHE_HOME'] as const;

/** A command did not end as it should. */
export class CommandError extends Error {}

/** How a command ended by itself. */
interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/**
 * Runs a command to its end behind everything else: nice, idle I/O, first to go when memory is short; in a process
 * group of its own, of which nothing is left whatever way it ends. No shell, no secrets in its environment.
 * Node's own spawn: execa goes through all that was printed when something fails, which holds up the main loop.
 * @returns what it printed
 * @throws CommandError: could not be started, failed, took too long, printed too much; AbortError when told to stop
 */
export async function runCommand(
  { program, args }: Command,
  limits: { readonly timeoutMs: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<string> {
  const { timeoutMs, clock, signal } = limits;
  signal.throwIfAborted();
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(),
    cwd: tmpdir(),
  });
  const { pid } = child;
  void burden(pid);
  const printed = collect(child.stdout, MOST_OUTPUT_BYTES, 'first');
  const words = collect(child.stderr, LAST_WORDS_BYTES, 'last');
  const over = new AbortController();
  const untilOver = AbortSignal.any([over.signal, signal]);
  const { exited, closed } = endsOf(child);
  // What left its group and holds on to its output never ends it: whoever has exited has had its say.
  const ended = Promise.race([
    closed,
    exited.then(async (end) => {
      await clock.sleep(LAST_OUTPUT_MS, untilOver);
      return end;
    }),
  ]);
  const first = await Promise.race([
    ended.then((end) => ({ kind: 'ended' as const, end })),
    clock.sleep(timeoutMs, untilOver).then(() => LATE),
    printed.full.then(() => TOO_MUCH),
  ]).finally(() => {
    over.abort();
    // Also after a good end: what it left running would go on for ever.
    if (pid !== undefined) killGroup(pid);
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const gone = new AbortController();
  // One that hangs in the kernel cannot even be killed: nobody waits for it for ever.
  await Promise.race([exited, clock.sleep(LAST_OUTPUT_MS, gone.signal)]);
  gone.abort();
  signal.throwIfAborted();
  if (first.kind === 'late') {
    throw new CommandError(`The command took longer than ${String(timeoutMs / 1000)} s.`);
  }
  if (first.kind === 'too_much') throw new CommandError('The command printed too much.');
  const { exitCode, signal: killedBy } = first.end;
  if (exitCode === 0) return printed.text();
  const said = words.text().trim();
  const end = killedBy === null ? `ended with ${String(exitCode)}` : `was ended by ${killedBy}`;
  throw new CommandError(`The command ${end}.${said === '' ? '' : ` Its last words: ${said}`}`);
}

const LATE = { kind: 'late' } as const;
const TOO_MUCH = { kind: 'too_much' } as const;

/** When it is gone, and when everything that it said was heard as well. @throws CommandError */
function endsOf(child: ChildProcess): { exited: Promise<Ended>; closed: Promise<Ended> } {
  const on = (event: 'exit' | 'close'): Promise<Ended> =>
    new Promise((resolve, reject) => {
      child.once('error', (error) => {
        reject(new CommandError(`The command could not be started: ${error.message}`));
      });
      child.once(event, (exitCode: number | null, signal: string | null) => {
        resolve({ exitCode, signal });
      });
    });
  return { exited: on('exit'), closed: on('close') };
}

/** Keeps so many bytes of what a stream says, the first or the last of them. */
function collect(
  stream: Readable,
  most: number,
  which: 'first' | 'last',
): { text(): string; readonly full: Promise<void> } {
  let chunks: Buffer[] = [];
  let bytes = 0;
  const full = new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= most) return;
      if (which === 'first') {
        stream.destroy();
        resolve();
      } else {
        chunks = [Buffer.concat(chunks).subarray(-most)];
        bytes = most;
      }
    });
    stream.on('error', () => undefined); // its end says what is to be said
  });
  return { full, text: () => Buffer.concat(chunks).toString('utf8') };
}

function environment(): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), LC_ALL: 'C.UTF-8' };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left of it.
  }
}
