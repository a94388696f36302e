import { execa } from 'execa';
import { rename, rm } from 'node:fs/promises';
import { syncFile } from '../files/durable';
import { burden } from '../process/priority';
import type { CaptureConfig } from './capture-config';
import { processedChain } from './capture-command';

/** An hour at 384 kHz takes some ten seconds; a disk that hangs must not hang the end of a run. */
const TIMEOUT_MS = 120_000;

/**
 * Makes the processed file of a segment again from its raw file, through the same filters. Needed where a
 * capture ended before the resampler had given all it held: the pair would differ in length.
 */
export async function renderProcessed(
  ffmpeg: string,
  config: CaptureConfig,
  rawFile: string,
  processedFile: string,
): Promise<void> {
  const temporary = `${processedFile}.rendering`;
  try {
    const args = [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', '-fflags', '+bitexact'],
      ...['-i', `file:${rawFile}`, '-af', processedChain(config).join(',')],
      ...['-c:a', 'pcm_s16le', '-flags', '+bitexact', '-f', 'wav', `file:${temporary}`],
    ];
    const rendering = execa(ffmpeg, args, { timeout: TIMEOUT_MS });
    void burden(rendering.pid);
    await rendering;
    await syncFile(temporary);
    await rename(temporary, processedFile);
  } finally {
    await rm(temporary, { force: true });
  }
}
