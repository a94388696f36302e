import { createHash } from 'node:crypto';
import { type Device } from '@shared/model/device';
import {
  BITS_PER_SAMPLE,
  FALLBACK_PROFILE_SLUG,
  type Profile,
  type SampleFormat,
} from '@shared/model/profile';
import { nearestOffer, type Sampling } from './nearest-offer';

/** Of every processed stream, whatever the microphone's rate. */
export const PROCESSED_RATE_HZ = 48_000;

/** Where the samples come from. */
export type CaptureInput =
  | { readonly type: 'alsa'; readonly pcm: string }
  | { readonly type: 'sweep' }
  | { readonly type: 'noise'; readonly seed: number }
  | { readonly type: 'file'; readonly path: string };

/** Everything that decides what one capture process does. Two equal configurations record the same. */
export interface CaptureConfig {
  readonly device: string;
  readonly workspace: string;
  readonly input: CaptureInput;
  /** Hz */
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly format: SampleFormat;
  readonly raw: boolean;
  readonly processed: boolean;
  /** Sound for whoever listens now: never stored, never waited for. */
  readonly live: boolean;
  /** dB, processed stream only. */
  readonly gainDb: number;
  /** Hz, processed stream only; null = off. */
  readonly highpassHz: number | null;
  readonly segmentDurationS: number;
}

/**
 * The configuration for a device under a profile, or null when the device cannot be opened at all. The fallback
 * profile is a wish, met as nearly as the hardware can; any other profile is an order.
 */
export function captureConfig(
  device: Device,
  profile: Profile,
  segmentDurationS: number = profile.stream.segment_duration_s,
): CaptureConfig | null {
  const input = captureInput(device);
  if (input === null) return null;
  return {
    device: device.name,
    workspace: device.workspace,
    input,
    ...sampling(device, profile),
    raw: profile.stream.raw_enabled,
    processed: profile.stream.processed_enabled,
    live: profile.stream.live_stream_enabled,
    gainDb: profile.processing.gain_db,
    highpassHz: profile.processing.highpass_filter_hz,
    segmentDurationS,
  };
}

/** Bytes of one frame of the run's first stream. */
export function frameBytes(config: CaptureConfig): number {
  const bits = config.raw ? BITS_PER_SAMPLE[config.format] : 16;
  return (config.channels * bits) / 8;
}

/** Rate of the run's first stream, Hz: what its frames are counted in. */
export function firstStreamRate(config: CaptureConfig): number {
  return config.raw ? config.sampleRateHz : PROCESSED_RATE_HZ;
}

function sampling(device: Device, profile: Profile): Sampling {
  const { sample_rate: sampleRateHz, channels, format } = profile.audio;
  const wanted = { sampleRateHz, channels, format };
  if (profile.slug !== FALLBACK_PROFILE_SLUG || device.offers === null) return wanted;
  return nearestOffer(wanted, device.offers) ?? wanted;
}

function captureInput(device: Device): CaptureInput | null {
  switch (device.simulatedSource) {
    case 'sweep':
      return { type: 'sweep' };
    case 'noise':
      // Seeded by the name, so that two simulated microphones differ and one stays the same.
      return { type: 'noise', seed: Number.parseInt(digest(device.name).slice(0, 7), 16) };
    case 'file':
      return device.simulatedFile === null ? null : { type: 'file', path: device.simulatedFile };
    case null:
      return device.pcm === null ? null : { type: 'alsa', pcm: device.pcm };
  }
}

/** Identifies a configuration across restarts of the console. */
export function configHash(config: CaptureConfig): string {
  const sorted = Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
  return digest(JSON.stringify(sorted));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
