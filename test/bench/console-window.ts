import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cpuMs, treeOf } from './process-tree.ts';
import { projectRoot, until, type Workshop } from './workshop.ts';

export const electron = createRequire(import.meta.url)('electron') as string;
const injected = join(import.meta.dirname, 'injected');
const bareApp = join(import.meta.dirname, 'bare-window', 'main.cjs');

/** The same for the console and for the bare window. Root cannot use Chromium's sandbox; there is no graphics hardware. */
const SWITCHES = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu'];

/** What stands on the console's Dashboard as soon as the first snapshot has arrived, and not before. */
const FIRST_SNAPSHOT = '[data-testid="station-verdict"]';
const BARE_TEXT = '[data-testid="bare"]';

/** Moments of a start, milliseconds after the process was spawned. */
export interface Moments {
  /** The main process runs its first line of script. */
  readonly script: number;
  readonly appReady: number;
  readonly windowMade: number;
  /** The page has been received and begins to be read. */
  readonly pageCommitted: number;
  readonly firstPaint: number;
  /** The frame that holds what was waited for has been drawn. */
  readonly content: number;
  readonly windowShown: number;
  /** Content and window, whichever is later. */
  readonly interactive: number;
  /** CPU time of all its processes until then, milliseconds: a busy machine stretches it less than the wait. */
  readonly cpu: number;
}

export interface OpenedWindow {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly moments: Moments;
  /** Runs one of the jobs of `injected/window-probe.cjs` and gives its answer. */
  ask(job: string, timeoutMs?: number): Promise<unknown>;
}

interface OpenOptions {
  readonly dataDir: string;
  readonly profileDir?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The built console in a real window. Resolves when its page shows the first snapshot. */
export function openConsole(workshop: Workshop, options: OpenOptions): Promise<OpenedWindow> {
  const { dataDir, profileDir = workshop.folder('profile'), env } = options;
  return open(workshop, projectRoot, FIRST_SNAPSHOT, ['--data', dataDir], profileDir, env);
}

/** The least that an Electron application can be: one window, one file, one line of text. */
export function openBareWindow(
  workshop: Workshop,
  profileDir = workshop.folder('bare-profile'),
): Promise<OpenedWindow> {
  return open(workshop, bareApp, BARE_TEXT, [], profileDir);
}

async function open(
  workshop: Workshop,
  app: string,
  waitFor: string,
  args: readonly string[],
  profileDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<OpenedWindow> {
  const talk = workshop.folder('window-talk');
  mkdirSync(talk);
  const spawnedAt = performance.timeOrigin + performance.now();
  const child = workshop.spawn(
    electron,
    [
      ...['-r', join(injected, 'window-probe.cjs'), ...SWITCHES, `--user-data-dir=${profileDir}`],
      ...[app, ...args],
    ],
    {
      cwd: projectRoot,
      env: { ...env, SILVASONIC_BENCH_TALK: talk, SILVASONIC_BENCH_WAIT_FOR: waitFor },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const answer = (name: string, timeoutMs: number): Promise<unknown> =>
    until(`the window to answer (${name})`, timeoutMs, () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the window ended by itself: ${complaints.trim()}`);
      }
      const file = join(talk, `${name}.json`);
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown) : null;
    });
  const at = (await answer('started', 30_000)) as Omit<Moments, 'interactive' | 'cpu'>;
  const cpu = cpuMs(treeOf([child.pid ?? -1]));
  const after = (moment: number): number => moment - spawnedAt;
  return {
    child,
    pid: child.pid ?? -1,
    moments: {
      script: after(at.script),
      appReady: after(at.appReady),
      windowMade: after(at.windowMade),
      pageCommitted: after(at.pageCommitted),
      firstPaint: after(at.firstPaint),
      content: after(at.content),
      windowShown: after(at.windowShown),
      interactive: after(Math.max(at.content, at.windowShown)),
      cpu,
    },
    async ask(job, timeoutMs = 60_000) {
      mkdirSync(join(talk, `ask-${job}`));
      return answer(job, timeoutMs);
    },
  };
}
