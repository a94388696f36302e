import { createHash } from 'node:crypto';
import { type Device } from '@shared/model/device';
import {
  BITS_PER_SAMPLE,
  FALLBACK_PROFILE_SLUG,
  type Profile,
  sampleFormatSchema,
} from '@shared/model/profile';
import { z } from 'zod';
import { nearestOffer, type Sampling } from './nearest-offer';

/** Of every processed stream, whatever the microphone's rate. */
export const PROCESSED_RATE_HZ = 48_000;

/** Where the samples come from. */
const captureInputSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('alsa'), pcm: z.string() }),
  z.object({ type: z.literal('sweep') }),
  z.object({ type: z.literal('noise'), seed: z.number() }),
  z.object({ type: z.literal('file'), path: z.string() }),
]);
export type CaptureInput = Readonly<z.infer<typeof captureInputSchema>>;

/**
 * Everything that decides what one capture process does. Two equal configurations record the same. Captures outlive
 * the console that started them: a key that is added gets as its default what captures did before there was one.
 */
export const captureConfigSchema = z.object({
  device: z.string(),
  workspace: z.string(),
  input: captureInputSchema,
  /** Hz */
  sampleRateHz: z.number(),
  channels: z.number(),
  format: sampleFormatSchema,
  raw: z.boolean(),
  processed: z.boolean(),
  /** Sound for whoever listens now: never stored, never waited for. */
  live: z.boolean().default(false),
  /** dB, processed stream only. */
  gainDb: z.number(),
  /** Hz, processed stream only; null = off. */
  highpassHz: z.number().nullable(),
  segmentDurationS: z.number(),
});
export type CaptureConfig = Readonly<z.output<typeof captureConfigSchema>>;

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

/** Identifies a configuration, whatever other keys the console that wrote it down may have known. */
export function configHash(config: CaptureConfig): string {
  const known = captureConfigSchema.parse(config);
  const sorted = Object.fromEntries(Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1)));
  return digest(JSON.stringify(sorted));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
