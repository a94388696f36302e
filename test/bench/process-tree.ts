import { readdirSync, readFileSync } from 'node:fs';

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** CPU time of the process, all its threads, and those of its children that it has buried; clock ticks. */
  readonly ticks: number;
  readonly startTicks: number;
}

/** Clock ticks a second, as /proc counts: 100 on every Linux that we run on. */
const TICKS_PER_S = 100;

function factsOf(pid: number): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The second field is the command in brackets and may itself hold brackets and spaces.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, startTicks = 0] = [fields[1], fields[19]];
    // utime, stime, cutime, cstime
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
    return { pid, parent, ticks, startTicks };
  } catch {
    return null; // it has just ended
  }
}

/** Every living process below the roots, and the roots. A process in a session of its own is still a child. */
export function treeOf(roots: readonly number[]): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const facts = /^\d+$/.test(name) ? factsOf(Number(name)) : null;
    if (facts !== null) parents.set(facts.pid, facts.parent);
  }
  const inside = new Set(roots.filter((pid) => parents.has(pid)));
  for (let before = -1; before !== inside.size;) {
    before = inside.size;
    for (const [pid, parent] of parents) if (inside.has(parent)) inside.add(pid);
  }
  return [...inside];
}

/** CPU time used so far, milliseconds. */
export function cpuMs(pids: readonly number[]): number {
  const ticks = pids.reduce((sum, pid) => sum + (factsOf(pid)?.ticks ?? 0), 0);
  return (ticks / TICKS_PER_S) * 1000;
}

/** Proportional and private memory: what the processes would free together, and each alone. Bytes. */
export function memoryOf(pids: readonly number[]): { pss: number; uss: number; rss: number } {
  const total = { pss: 0, uss: 0, rss: 0 };
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8');
      const bytes = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
      total.pss += bytes('Pss');
      total.uss += bytes('Private_Clean') + bytes('Private_Dirty');
      total.rss += bytes('Rss');
    } catch {
      // It has just ended.
    }
  }
  return total;
}

/** The words that a process was started with. */
export function commandOf(pid: number): string[] {
  return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
    .split('\0')
    .slice(0, -1);
}

export function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/comm`, 'utf8').trim();
  } catch {
    return 'gone';
  }
}

/** How often a process gave up the CPU by itself, all its threads: its wakes. */
export function wakesOf(pid: number): number {
  let wakes = 0;
  try {
    for (const task of readdirSync(`/proc/${String(pid)}/task`)) {
      const text = readFileSync(`/proc/${String(pid)}/task/${task}/status`, 'utf8');
      wakes += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    }
  } catch {
    // A thread has just ended.
  }
  return wakes;
}

/** Is it still the same process? Numbers are used again. */
export function isAlive(pid: number, startTicks?: number): boolean {
  const facts = factsOf(pid);
  return facts !== null && (startTicks === undefined || facts.startTicks === startTicks);
}

/** Chromium's word for what one of its processes does: ` (renderer)`, ` (utility)` …; empty for others. */
export function roleOf(pid: number): string {
  try {
    const type = commandOf(pid)
      .flatMap((word) => word.split(' '))
      .find((word) => word.startsWith('--type='));
    return type === undefined ? '' : ` (${type.slice('--type='.length)})`;
  } catch {
    return '';
  }
}
