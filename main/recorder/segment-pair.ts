import { inspectWav, type WavInfo } from '../wav/inspect';
import { repairWav } from '../wav/repair';
import { type CaptureConfig, PROCESSED_RATE_HZ } from './capture-config';
import { renderProcessed } from './render-processed';
import { expectedSound, objectionTo } from './segment-expectation';

/**
 * A pair has one length. Where the end of a capture cut them apart, the raw file is the truth: the processed one is made
 * again from it.
 * @param raw of `rawFile`, which is whole
 * @param present is there a processed file at all?
 * @returns whether it was made again
 * @throws execa's or Node's errors when it has to be made and cannot be
 */
export async function completePair(
  ffmpeg: string,
  config: CaptureConfig,
  raw: WavInfo,
  rawFile: string,
  processedFile: string,
  present: boolean,
): Promise<boolean> {
  if (present && (await isWholePair(config, raw, processedFile))) return false;
  await renderProcessed(ffmpeg, config, rawFile, processedFile);
  return true;
}

async function isWholePair(
  config: CaptureConfig,
  raw: WavInfo,
  processedFile: string,
): Promise<boolean> {
  const expected = expectedSound(config, 'processed');
  await repairWav(processedFile, expected).catch(() => null);
  const processed = await inspectWav(processedFile).catch(() => null);
  if (processed === null || objectionTo(processed, expected) !== null) return false;
  const frames = (raw.frames * PROCESSED_RATE_HZ) / raw.sampleRateHz;
  return Math.abs(processed.frames - frames) <= 1;
}
