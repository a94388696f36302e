import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { onTestFinished } from 'vitest';

/** A capture process as the system has it. */
export interface SeenCapture {
  readonly pid: number;
  readonly workspace: string;
}

const EVERY_MS = 20;

/** The captures that record into a data folder right now, whoever started them. */
export function capturesNow(dataDir: string): SeenCapture[] {
  const captures: SeenCapture[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const target = words.find((word) => word.startsWith(dataDir) && word.endsWith('_%08d.wav'));
      if (target === undefined || !leadsItsSession(pid)) continue;
      const workspace = target.slice(dataDir.length).split(sep)[2] ?? '';
      captures.push({ pid, workspace });
    } catch {
      // Gone between two looks.
    }
  }
  return captures;
}

/** A capture has a session of its own; between fork and exec its children look like it, and have not. */
function leadsItsSession(pid: number): boolean {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] !== 'Z' && Number(fields[3]) === pid;
}

/**
 * Looks at `/proc` every 20 ms until the test is over.
 * @returns the workspaces that two captures recorded into at one time, so far; and all captures seen
 */
export function watchCaptures(dataDir: string): {
  readonly doubled: () => readonly string[];
  readonly seen: () => ReadonlySet<number>;
} {
  const doubled: string[] = [];
  const seen = new Set<number>();
  const look = (): void => {
    const by = new Map<string, number[]>();
    for (const { pid, workspace } of capturesNow(dataDir)) {
      seen.add(pid);
      by.set(workspace, [...(by.get(workspace) ?? []), pid]);
    }
    for (const [workspace, pids] of by) {
      if (pids.length > 1) doubled.push(`${workspace}: ${pids.join(' and ')}`);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  onTestFinished(() => {
    clearInterval(timer);
  });
  return { doubled: () => doubled, seen: () => seen };
}
