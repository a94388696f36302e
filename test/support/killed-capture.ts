import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { captureArguments, simulatedSignal } from '@main/recorder/capture-command';
import type { CaptureConfig } from '@main/recorder/capture-config';
import { BITS_PER_SAMPLE } from '@shared/model/profile';
import { temporaryFolder } from './temporary-folder';

export interface KilledCaptureOptions {
  /** What differs from a mono sweep at 48 kHz, 16 bit, raw only, in segments of ten seconds. */
  readonly config?: Partial<CaptureConfig>;
  /** Where to write; a temporary folder when left out. */
  readonly folder?: string;
  readonly runId?: string;
  /** The kill comes as soon as the first stream has so many bytes in all its files. */
  readonly afterBytes: number;
}

export interface KilledCapture {
  readonly config: CaptureConfig;
  readonly runId: string;
  /** Absolute paths of what lies there, in order. */
  readonly raw: readonly string[];
  readonly processed: readonly string[];
  readonly rawList: string;
  readonly processedList: string;
}

/** Runs our real capture command at real pace and ends it with SIGKILL: what it leaves is what a crash leaves. */
export async function killedCapture(options: KilledCaptureOptions): Promise<KilledCapture> {
  const { folder = temporaryFolder(), runId = '0a1b2c3d', afterBytes } = options;
  const config: CaptureConfig = {
    device: 'sim-1',
    workspace: 'sim-1',
    input: { type: 'sweep' },
    sampleRateHz: 48_000,
    channels: 1,
    format: 'S16LE',
    raw: true,
    processed: false,
    live: false,
    gainDb: 0,
    highpassHz: null,
    segmentDurationS: 10,
    ...options.config,
  };
  const paths = {
    bufferRawDir: join(folder, 'raw'),
    bufferProcessedDir: join(folder, 'processed'),
    rawList: join(folder, 'raw.csv'),
    processedList: join(folder, 'processed.csv'),
    livePort: null,
  };
  for (const path of [paths.bufferRawDir, paths.bufferProcessedDir]) {
    if (!existsSync(path)) mkdirSync(path);
  }
  const capture = spawn('ffmpeg', captureArguments(config, paths, runId), {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  onTestFinished(() => {
    capture.kill('SIGKILL');
  });
  const gone = once(capture, 'exit');
  const first = config.raw ? paths.bufferRawDir : paths.bufferProcessedDir;
  await vi.waitFor(
    () => {
      expect(capture.exitCode, 'ffmpeg ended by itself').toBeNull();
      expect(bytesIn(first)).toBeGreaterThanOrEqual(afterBytes);
    },
    { timeout: 30_000, interval: 5 },
  );
  capture.kill('SIGKILL');
  await gone;
  return {
    config,
    runId,
    raw: filesIn(paths.bufferRawDir),
    processed: filesIn(paths.bufferProcessedDir),
    rawList: paths.rawList,
    processedList: paths.processedList,
  };
}

/** The first samples of what a capture of a sweep heard, as they lie in its raw files, one behind the other. */
export function heardBy({ config }: KilledCapture, frames: number): Buffer {
  const { sampleRateHz, channels, format } = config;
  const signal = simulatedSignal({ type: 'sweep' }, sampleRateHz, channels);
  const end = `atrim=end_sample=${String(frames)}`;
  const codec = `s${String(BITS_PER_SAMPLE[format])}le`;
  const args = ['-v', 'error', '-f', 'lavfi', '-i', `${signal},${end}`, '-c:a', `pcm_${codec}`];
  return execFileSync('ffmpeg', [...args, '-f', codec, '-'], { maxBuffer: 2 ** 30 });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

function bytesIn(folder: string): number {
  return filesIn(folder).reduce((sum, path) => sum + statSync(path).size, 0);
}

/** MD5 of the samples of a file as ffmpeg reads it: a judge that knows nothing of our code. */
export function pcmDigest(path: string): string {
  const args = [
    '-v',
    'error',
    '-i',
    `file:${path}`,
    '-map',
    '0:a',
    '-c:a',
    'copy',
    '-f',
    'md5',
    '-',
  ];
  return execFileSync('ffmpeg', args, { encoding: 'utf8' }).trim();
}
