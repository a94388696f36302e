import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import type { Clock } from '../../clock/clock';
import { burden } from '../../process/priority';
import { spawnBound } from '../../process/spawn-bound';

/** What it needs to find itself, the way out and whom to trust. Nothing else: `RCLONE_…` of a person least of all. */
const PASSED_ON = [
  ...['PATH', 'HOME', 'USER', 'TZ', 'TMPDIR', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
] as const;
const START_TIMEOUT_MS = 15_000;
/** So long it may take leave. */
const LEAVE_MS = 1_000;
const KEPT_WORDS = 8;
const LONGEST_WORD = 1_000;

export interface RclonePatience {
  /** For a connection. Milliseconds. */
  readonly connectMs: number;
  /** Without a byte on a connection. Milliseconds. */
  readonly silentMs: number;
}

/** It ended, or did not begin, without being told to. */
export class RcloneEnded extends Error {}

/** A running `rclone rcd`: it is told over loopback what to do, under a password that only it and we know. */
export interface RcloneProcess {
  readonly pid: number;
  readonly pool: Pool;
  readonly authorization: string;
  /** Resolves when it is gone, whatever way. */
  readonly gone: Promise<void>;
  isGone(): boolean;
  /** What it said of late that sounded like trouble. */
  lastWords(): string;
  /** Politely, then not; with everything that it started. */
  end(): Promise<void>;
}

/**
 * Starts it behind everything else, with no configuration but what it will be told, in a process group of its own; it
 * ends when we do, even by a power of its own kind (SIGKILL).
 * @throws RcloneEnded
 */
export async function startRclone(
  program: string,
  { connectMs, silentMs }: RclonePatience,
  clock: Clock,
): Promise<RcloneProcess> {
  const user = randomBytes(12).toString('hex');
  const password = randomBytes(24).toString('hex');
  const child = await spawned(program, {
    args: [
      ...['rcd', '--config', '', '--rc-addr', '127.0.0.1:0', '--rc-serve'],
      ...['--use-json-log', '--log-level', 'NOTICE'],
      ...['--contimeout', `${String(connectMs)}ms`, '--timeout', `${String(silentMs)}ms`],
      // Whether, when and how often it is tried again is decided by us; once more for a connection gone stale.
      ...['--low-level-retries', '2', '--retries', '1', '--buffer-size', '4M'],
      // Each transfer counts by itself; the oldest counts are forgotten.
      ...['--max-stats-groups', '100', '--rc-job-expire-duration', '10s'],
      ...['--user-agent', 'silvasonic-station'],
    ],
    env: {
      ...environment(),
      RCLONE_RC_USER: user,
      RCLONE_RC_PASS: password,
    },
  });
  const pid = child.pid ?? -1;
  void burden(pid);
  const words: string[] = [];
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      isGone = true;
      resolve();
    });
  });
  const end = async (): Promise<void> => {
    killGroup(pid, 'SIGTERM');
    const left = new AbortController();
    await Promise.race([gone, clock.sleep(LEAVE_MS, left.signal)]);
    // Also after a good end: what it started is to go with it.
    killGroup(pid, 'SIGKILL');
    await Promise.race([gone, clock.sleep(LEAVE_MS, left.signal)]);
    left.abort();
  };
  const address = await addressOf(child, words, gone, clock);
  if (address === null) {
    await end();
    throw new RcloneEnded(`rclone did not start: ${words.join(' ')}`);
  }
  const pool = new Pool(address, {
    connections: 32,
    headersTimeout: 0,
    bodyTimeout: 2 * silentMs,
  });
  void gone.then(() => pool.destroy());
  return {
    pid,
    pool,
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    gone,
    isGone: () => isGone,
    lastWords: () => words.join(' '),
    end,
  };
}

/** Node's own spawn: execa would keep all that is printed in a life of years. @throws RcloneEnded */
async function spawned(
  program: string,
  { args, env }: { args: readonly string[]; env: Record<string, string> },
): Promise<ChildProcess> {
  try {
    // Whoever survived us would go on under secrets that may be taken away by then.
    return await spawnBound(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env,
      cwd: tmpdir(),
    });
  } catch (error) {
    throw new RcloneEnded('rclone cannot be run', { cause: error });
  }
}

/** Where it listens; null: it never did. Collects what it says until its end. */
async function addressOf(
  child: ChildProcess,
  words: string[],
  gone: Promise<void>,
  clock: Clock,
): Promise<string | null> {
  const over = new AbortController();
  const address = new Promise<string>((resolve) => {
    if (child.stderr === null) return;
    const lines = createInterface({ input: child.stderr });
    lines.on('line', (line) => {
      const said = messageIn(line);
      const found = /Serving remote control on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (found !== undefined) {
        resolve(found);
        return;
      }
      words.push(said.slice(0, LONGEST_WORD));
      if (words.length > KEPT_WORDS) words.shift();
    });
  });
  const first = await Promise.race([
    address,
    gone.then(() => null),
    clock.sleep(START_TIMEOUT_MS, over.signal).then(() => null),
  ]);
  over.abort();
  return first;
}

/** The last line may be plain text even when all others are JSON. */
function messageIn(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const { msg } = JSON.parse(line) as { msg?: unknown };
    return typeof msg === 'string' ? msg : line;
  } catch {
    return line;
  }
}

function environment(): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), LC_ALL: 'C.UTF-8' };
}

function killGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid <= 1) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left of it.
  }
}
