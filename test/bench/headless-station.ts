import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until, type Workshop, projectRoot } from './workshop.ts';

export const headlessProgram = join(projectRoot, 'out', 'main', 'headless.mjs');

/** One line of `run --json`. */
export interface StationEvent {
  readonly at: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface HeadlessStation {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly dataDir: string;
  readonly events: readonly StationEvent[];
  onEvent(listener: (event: StationEvent) => void): void;
}

/** Starts the built station without a screen, on a data folder of its own, and waits until it runs. */
export async function startStation(
  workshop: Workshop,
  options: {
    readonly args?: readonly string[];
    readonly nodeArgs?: readonly string[];
    readonly env?: NodeJS.ProcessEnv;
    /** Where one ran before; default: a new one. */
    readonly dataDir?: string;
  } = {},
): Promise<HeadlessStation> {
  const { args = [], nodeArgs = [], env = process.env } = options;
  const dataDir = options.dataDir ?? workshop.folder('station');
  mkdirSync(dataDir, { recursive: true });
  const child = workshop.spawn(
    process.execPath,
    [...nodeArgs, headlessProgram, 'run', '--data', dataDir, '--json', ...args],
    { env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const events: StationEvent[] = [];
  const listeners: ((event: StationEvent) => void)[] = [];
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  if (child.stdout === null) throw new Error('the station has no output');
  createInterface(child.stdout).on('line', (line) => {
    const event = eventIn(line);
    if (event === null) return;
    events.push(event);
    for (const listener of listeners) listener(event);
  });
  await until('the station to start', 20_000, () => {
    if (child.exitCode !== null) throw new Error(`the station did not start: ${complaints.trim()}`);
    return events.find(({ type }) => type === 'started');
  });
  return {
    child,
    pid: child.pid ?? -1,
    dataDir,
    events,
    onEvent: (listener) => listeners.push(listener),
  };
}

/** null for half a line: the last words of one that was killed. */
function eventIn(line: string): StationEvent | null {
  try {
    return JSON.parse(line) as StationEvent;
  } catch {
    return null;
  }
}

/** The capture of one microphone: its process, and where it writes. */
export interface Capture {
  readonly pid: number;
  readonly device: string;
  /** `<data>/recorder/<workspace>` */
  readonly workspace: string;
  /** `<workspace>/runs/<run>` */
  readonly runFolder: string;
}

/** Waits until so many microphones of a data folder are being captured and their sound is on the disk. */
export async function captures(dataDir: string, count: number): Promise<Capture[]> {
  return until(`${String(count)} microphones to record`, 30_000, () => {
    const found = living(dataDir);
    return found.length >= count ? found : null;
  });
}

function living(dataDir: string): Capture[] {
  const recorderDir = join(dataDir, 'recorder');
  return readable(recorderDir).flatMap((name) => {
    const workspace = join(recorderDir, name);
    return readable(join(workspace, 'runs')).flatMap((run) => {
      const runFolder = join(workspace, 'runs', run);
      try {
        const record = JSON.parse(readFileSync(join(runFolder, 'run.json'), 'utf8')) as {
          config: { device: string };
          process: { pid: number } | null;
          anchor: unknown;
          ended: unknown;
        };
        const { process, anchor, ended } = record;
        if (process === null || anchor === null || ended !== null) return [];
        return [{ pid: process.pid, device: record.config.device, workspace, runFolder }];
      } catch {
        return []; // just being written
      }
    });
  });
}

function readable(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
