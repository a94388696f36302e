import { BITS_PER_SAMPLE } from '@shared/model/profile';
import type { Stream } from '@shared/model/recording';
import type { WavInfo } from '../wav/inspect';
import { type CaptureConfig, PROCESSED_RATE_HZ } from './capture-config';

/** What a run's files must be like. */
export interface ExpectedSound {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
}

export function expectedSound(config: CaptureConfig, stream: Stream): ExpectedSound {
  return {
    sampleRateHz: stream === 'raw' ? config.sampleRateHz : PROCESSED_RATE_HZ,
    channels: config.channels,
    bitsPerSample: stream === 'raw' ? BITS_PER_SAMPLE[config.format] : 16,
  };
}

/** What speaks against a file, in words for a person; null: nothing. */
export function objectionTo(info: WavInfo, expected: ExpectedSound): string | null {
  const { sampleRateHz: rate, channels, bitsPerSample: bits } = expected;
  if (info.state !== 'whole') return `the file is ${info.state}`;
  if (info.frames === 0) return 'the file holds no audio';
  if (info.sampleRateHz !== rate)
    return `${String(info.sampleRateHz)} Hz instead of ${String(rate)} Hz`;
  if (info.channels !== channels) {
    return `${String(info.channels)} channels instead of ${String(channels)}`;
  }
  if (info.bitsPerSample !== bits)
    return `${String(info.bitsPerSample)} bit instead of ${String(bits)} bit`;
  return null;
}
