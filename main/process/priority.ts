import type { ProcessPriority } from '@shared/model/recorder';
import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { getPriority, setPriority } from 'node:os';

/** What the system did not let us do, in plain words; empty: everything. */
export interface PriorityOutcome {
  readonly refused: readonly string[];
}

/** A class and a level of I/O service, as ionice takes them. */
type IoClass = { readonly name: 'best-effort'; readonly level: number } | { readonly name: 'idle' };

const CAPTURE = { nice: -10, oomScoreAdj: -500, io: { name: 'best-effort', level: 0 } } as const;
const OTHERS = { nice: 10, oomScoreAdj: 500, io: { name: 'idle' } } as const;
/** How far above its captures the console stands on the out-of-memory killer's list, at least. */
const CONSOLE_ABOVE_CAPTURE = 200;
const IONICE_TIMEOUT_MS = 2_000;

/**
 * Puts a capture before everything else of ours: nice -10, best-effort I/O level 0, oom_score_adj -500; each as
 * nearly as is permitted, and none worse than it is. Without privileges the first is refused, and oom_score_adj goes
 * down to what the console was started with and no further. Never throws, for a dead process least of all.
 */
export async function favour(pid: number): Promise<PriorityOutcome> {
  const refused: string[] = [];
  const threads = await threadsOf(pid);
  if (threads.length === 0) return { refused };
  const nice = lowerNice(threads, CAPTURE.nice);
  if (nice !== null && nice > CAPTURE.nice) refused.push(`nice stays at ${String(nice)}`);
  await lowerAutogroup(pid, CAPTURE.nice);
  const score = await lowerOomScoreAdj(pid, CAPTURE.oomScoreAdj);
  if (score !== null && score > CAPTURE.oomScoreAdj) {
    refused.push(`oom_score_adj stays at ${String(score)}`);
  }
  const io = await setIoClass(threads, CAPTURE.io);
  if (io !== null) refused.push(io);
  return { refused };
}

/**
 * Puts any other child of ours behind everything: nice 10, idle I/O class, oom_score_adj 500. Nobody needs a privilege
 * for that. Never throws.
 * @param pid undefined, as of a child that could not be started, is passed over
 */
export async function burden(pid: number | undefined): Promise<PriorityOutcome> {
  const refused: string[] = [];
  const threads = pid === undefined ? [] : await threadsOf(pid);
  if (pid === undefined || threads.length === 0) return { refused };
  for (const thread of threads) raiseNice(thread, OTHERS.nice);
  if (!(await raiseOomScoreAdj(pid, OTHERS.oomScoreAdj))) refused.push('oom_score_adj stays');
  const io = await setIoClass(threads, OTHERS.io);
  if (io !== null) refused.push(io);
  return { refused };
}

/** A command whose reads and writes wait for everybody else's from its beginning on; `ionice` becomes it. */
export function idleIo(
  program: string,
  args: readonly string[],
): { readonly program: string; readonly args: string[] } {
  return { program: 'ionice', args: ['-c', '3', program, ...args] };
}

/**
 * As `burden`, for a short-lived child that was started by `idleIo`: no program is run for it. Never throws.
 * @param pid undefined, as of a child that could not be started, is passed over
 */
export async function burdenIdle(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  raiseNice(pid, OTHERS.nice);
  await raiseOomScoreAdj(pid, OTHERS.oomScoreAdj);
}

/** Reads and writes of one thread of this process wait for everybody else's. Never throws. */
export async function burdenThread(thread: number): Promise<PriorityOutcome> {
  const io = await setIoClass([thread], OTHERS.io);
  return { refused: io === null ? [] : [io] };
}

/**
 * Makes sure that the out-of-memory killer takes this process before a capture: where a capture cannot be lowered,
 * the console raises itself, 200 above the lowest score that it can give. Children inherit the raised score, so that
 * `favour` must bring each capture down again: it may, because only a privileged writer moves the floor
 * (`oom_score_adj_min`), which stays where the session put it. Safe to call twice, and in a restarted console.
 * @returns the score of this process and the lowest that it can give a capture; null where the system has none
 */
export async function stepAside(): Promise<{ own: number; capture: number } | null> {
  const before = await readOomScoreAdj(process.pid);
  const capture = await lowerOomScoreAdj(process.pid, CAPTURE.oomScoreAdj);
  if (before === null || capture === null) return null;
  const own = Math.min(1000, Math.max(before, capture + CONSOLE_ABOVE_CAPTURE));
  return (await writeOomScoreAdj(process.pid, own)) ? { own, capture } : null;
}

/**
 * How processes stand, for the status: two small files at each look; the I/O class, for which a program must be run,
 * once in the life of each process.
 */
export class PriorityReader {
  readonly #procRoot: string;
  /** By process, as `<pid> <start time>`; null while it is being asked. */
  readonly #ioClasses = new Map<string, string | null>();

  constructor(procRoot = '/proc') {
    this.#procRoot = procRoot;
  }

  /** null for a process that is gone. `ioClass` follows a moment after the first look. */
  read(pid: number): ProcessPriority | null {
    const folder = `${this.#procRoot}/${String(pid)}`;
    try {
      const fields = statFields(readFileSync(`${folder}/stat`, 'utf8'));
      return {
        pid,
        nice: integer(fields[16]),
        oomScoreAdj: readNumber(`${folder}/oom_score_adj`),
        ioClass: this.#ioClass(pid, `${String(pid)} ${fields[19] ?? ''}`),
      };
    } catch {
      return null;
    }
  }

  #ioClass(pid: number, process: string): string | null {
    const known = this.#ioClasses.get(process);
    if (known !== undefined) return known;
    // A station that runs for years has seen many captures; those of long ago are asked about no more.
    if (this.#ioClasses.size >= 100) this.#ioClasses.clear();
    this.#ioClasses.set(process, null);
    void readIoClass(pid).then((name) => this.#ioClasses.set(process, name));
    return null;
  }
}

/** Linux gives nice and I/O class to threads, and a new thread takes them from its maker: all must be set. */
async function threadsOf(pid: number): Promise<number[]> {
  const names = await readdir(`/proc/${String(pid)}/task`).catch(() => []);
  return names.map(Number);
}

/** As low as is permitted, down to the wish. @returns what holds now; null for a process that is gone */
function lowerNice(threads: readonly number[], wish: number): number | null {
  let reached: number | null = null;
  for (const thread of threads) {
    try {
      let nice = getPriority(thread);
      for (let next = wish; next < nice; next++) if (trySetNice(thread, next)) nice = next;
      reached = Math.max(reached ?? nice, nice);
    } catch {
      // This thread has just ended.
    }
  }
  return reached;
}

function raiseNice(thread: number, wish: number): void {
  try {
    if (getPriority(thread) < wish) setPriority(thread, wish);
  } catch {
    // This thread has just ended: everybody may be nicer.
  }
}

function trySetNice(thread: number, nice: number): boolean {
  try {
    setPriority(thread, nice);
    return true;
  } catch {
    return false;
  }
}

/**
 * A desktop's scheduler weighs sessions against each other first (autogroup), and nice only within one. A capture has
 * a session of its own, so that its nice says nothing to the rest unless its session is told too.
 */
async function lowerAutogroup(pid: number, nice: number): Promise<void> {
  try {
    const folder = `/proc/${String(pid)}`;
    const session = Number(statFields(await readFile(`${folder}/stat`, 'utf8'))[3]);
    // Another one's session is not ours to move.
    if (session === pid) await writeFile(`${folder}/autogroup`, String(nice));
  } catch {
    // No autogroups here, or not permitted.
  }
}

/** As low as is permitted, down to the wish. @returns what holds now; null where it cannot be read */
async function lowerOomScoreAdj(pid: number, wish: number): Promise<number | null> {
  const present = await readOomScoreAdj(pid);
  if (present === null || present <= wish) return present;
  if (await writeOomScoreAdj(pid, wish)) return wish;
  // The floor cannot be read; it is found by trying.
  let [refused, granted] = [wish, present];
  while (granted - refused > 1) {
    const between = Math.floor((granted + refused) / 2);
    if (await writeOomScoreAdj(pid, between)) granted = between;
    else refused = between;
  }
  return granted;
}

async function raiseOomScoreAdj(pid: number, wish: number): Promise<boolean> {
  const present = await readOomScoreAdj(pid);
  return present === null || present >= wish || writeOomScoreAdj(pid, wish);
}

async function readOomScoreAdj(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${String(pid)}/oom_score_adj`, 'utf8').catch(() => '');
  return integer(text.trim());
}

async function writeOomScoreAdj(pid: number, score: number): Promise<boolean> {
  try {
    await writeFile(`/proc/${String(pid)}/oom_score_adj`, String(score));
    return true;
  } catch {
    return false;
  }
}

/** @returns why it was not done; null when it was, or when the process is gone */
async function setIoClass(threads: readonly number[], io: IoClass): Promise<string | null> {
  const wish = io.name === 'idle' ? ['-c', '3'] : ['-c', '2', '-n', String(io.level)];
  const result = await execa('ionice', [...wish, '-p', ...threads.map(String)], {
    reject: false,
    timeout: IONICE_TIMEOUT_MS,
    env: { LC_ALL: 'C' },
  });
  // `-t` would hide refusals too: a thread that is gone is told by its own words.
  if (!result.failed || result.stderr.includes('No such process')) return null;
  return `I/O class: ${result.stderr === '' ? (result.code ?? 'ionice failed') : result.stderr}`;
}

async function readIoClass(pid: number): Promise<string | null> {
  const { stdout, failed } = await execa('ionice', ['-p', String(pid)], {
    reject: false,
    timeout: IONICE_TIMEOUT_MS,
    env: { LC_ALL: 'C' },
  });
  const match = /^([a-z-]+)(?:: prio (\d))?/.exec(stdout);
  if (failed || match === null) return null;
  const [, name = '', level] = match;
  return level === undefined || name === 'none' ? name : `${name} ${level}`;
}

/** From the third field on; the second is the command in brackets and may itself hold brackets and spaces. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readNumber(file: string): number | null {
  try {
    return integer(readFileSync(file, 'utf8').trim());
  } catch {
    return null;
  }
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null;
}
