import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';

export const projectRoot = resolve(import.meta.dirname, '../../..');

/** Root cannot use Chromium's sandbox. */
const sandboxed = process.getuid?.() !== 0;
/** A virtual screen has no graphics hardware. */
const RUNTIME_SWITCHES = [...(sandboxed ? [] : ['--no-sandbox']), '--disable-gpu'];

export interface Ended {
  /** null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ConsoleFolders {
  /** Made for one test and removed after it. */
  readonly root: string;
  readonly dataDir: string;
  readonly profileDir: string;
}

export async function makeFolders(): Promise<ConsoleFolders> {
  const root = await mkdtemp(join(tmpdir(), 'silvasonic-e2e-'));
  return { root, dataDir: join(root, 'data'), profileDir: join(root, 'profile') };
}

export function removeFolders({ root }: ConsoleFolders): Promise<void> {
  return rm(root, { recursive: true, force: true, maxRetries: 5 });
}

function environment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

function listen(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done) => {
    child.once('close', (code) => {
      done({ code, stdout, stderr: ownWords(stderr) });
    });
  });
}

/** What others say on the console's stderr. */
const FOREIGN_WORDS = [
  /^\[\d+:\d{4}\//, // Chromium, about missing buses and screens: [pid:time:LEVEL:file(line)] …
  /^ALSA lib /, // about a machine without a sound card
  /^Debugger |^Waiting for the debugger|^For help, see|^DevTools listening/, // Playwright drives through it
  /^\(node:\d+\) electron: Failed to load URL|^\(Use `electron --trace/, // a navigation that a test provoked
];

function ownWords(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !FOREIGN_WORDS.some((pattern) => pattern.test(line)))
    .join('\n')
    .trim();
}

/** The real console in a real window. */
export interface ConsoleApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly folders: ConsoleFolders;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ended>;
  /** Asks as a service manager does, and waits for the end. */
  stop(): Promise<Ended>;
}

export interface StartOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function launchConsole(
  folders: ConsoleFolders,
  { args = [], env = {} }: StartOptions = {},
): Promise<ConsoleApp> {
  const app = await _electron.launch({
    cwd: projectRoot,
    chromiumSandbox: sandboxed,
    args: [
      '.',
      ...RUNTIME_SWITCHES,
      `--user-data-dir=${folders.profileDir}`,
      ...(args.includes('--demo') ? [] : ['--data', folders.dataDir]),
      ...args,
    ],
    env: environment(env),
  });
  const child = app.process();
  const ended = listen(child);
  const page = await Promise.race([
    app.firstWindow(),
    // A console that ends before it has a window has said why.
    ended.then(({ code, stdout, stderr }) => {
      throw new Error(
        `The console ended with ${String(code)} before its window came: ${stdout}${stderr}`,
      );
    }),
  ]);
  return {
    app,
    page,
    folders,
    ended,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Runs the console without driving it: for starts that are expected to end by themselves. */
export function runConsole(args: readonly string[]): Promise<Ended> {
  const electron = createRequire(import.meta.url)('electron') as string;
  const child = spawn(electron, ['.', ...RUNTIME_SWITCHES, ...args], {
    cwd: projectRoot,
    env: environment({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return listen(child);
}
