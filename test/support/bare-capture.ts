import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { captureArguments, type CapturePaths } from '@main/recorder/capture-command';
import type { CaptureConfig } from '@main/recorder/capture-config';
import { readSamples } from './wav-samples';
import { temporaryFolder } from './temporary-folder';

export interface BareCapture {
  readonly runId: string;
  readonly process: ChildProcess;
  /** Asks it to end. @returns how long it took, milliseconds, and its exit code */
  stop(): Promise<{ readonly tookMs: number; readonly code: number | null }>;
  /** All that was recorded of a stream, segments joined. */
  samples(stream: 'raw' | 'processed'): Promise<Buffer>;
  /** Bytes on the disk so far, headers included. */
  recordedBytes(stream: 'raw' | 'processed'): number;
  log(): string;
}

function foldersOf(folder: string): Omit<CapturePaths, 'livePort'> {
  const paths = {
    bufferRawDir: join(folder, 'raw'),
    bufferProcessedDir: join(folder, 'processed'),
    rawList: join(folder, 'raw.csv'),
    processedList: join(folder, 'processed.csv'),
  };
  mkdirSync(paths.bufferRawDir, { recursive: true });
  mkdirSync(paths.bufferProcessedDir, { recursive: true });
  return paths;
}

async function samplesIn(folder: string): Promise<Buffer> {
  const files = readdirSync(folder).sort();
  const parts = await Promise.all(files.map((file) => readSamples(join(folder, file))));
  return Buffer.concat(parts.map(({ audio }) => audio));
}

/**
 * The real capture command with no station around it.
 * @param options.within a shell script that prepares the place where ffmpeg then runs: a network namespace of its own
 */
export function startBareCapture(
  config: CaptureConfig,
  options: { readonly livePort: number | null; readonly within?: string },
): BareCapture {
  const folder = temporaryFolder();
  const paths = foldersOf(folder);
  const runId = randomBytes(4).toString('hex');
  const command = [
    'ffmpeg',
    ...captureArguments(config, { ...paths, livePort: options.livePort }, runId),
  ];
  const words =
    options.within === undefined
      ? command
      : ['unshare', '-n', 'sh', '-ec', `${options.within}\nexec "$@"`, 'sh', ...command];
  const [program = 'ffmpeg', ...args] = words;
  const output = openSync(join(folder, 'ffmpeg.log'), 'a');
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', output] });
  closeSync(output);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    runId,
    process: child,
    stop: async () => {
      const startedAt = performance.now();
      if (child.exitCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGINT');
        await exited;
      }
      return { tookMs: performance.now() - startedAt, code: child.exitCode };
    },
    samples: (stream) => samplesIn(join(folder, stream)),
    recordedBytes: (stream) =>
      readdirSync(join(folder, stream))
        .map((file) => statSync(join(folder, stream, file)).size)
        .reduce((sum, size) => sum + size, 0),
    log: () => readFileSync(join(folder, 'ffmpeg.log'), 'utf8'),
  };
}

/** What a simulated microphone would have recorded with no live stream, as fast as it can be computed. */
export async function recordedWithoutLive(
  config: CaptureConfig,
  seconds: number,
): Promise<Record<'raw' | 'processed', Buffer>> {
  // Computed once for many tests, where a folder that ends with its test cannot be had.
  const folder = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  try {
    const paths = foldersOf(folder);
    const args = captureArguments(config, { ...paths, livePort: null }, '00000000')
      .filter((word) => word !== '-re')
      .flatMap((word) => (word === '-i' ? ['-t', String(seconds), '-i'] : [word]));
    execFileSync('ffmpeg', args, { stdio: 'ignore' });
    return {
      raw: await samplesIn(paths.bufferRawDir),
      processed: await samplesIn(paths.bufferProcessedDir),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
