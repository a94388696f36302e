import { z } from 'zod';

/** Sample formats a capture can be asked for, in ALSA's names. */
export const sampleFormatSchema = z.enum(['S16LE', 'S24LE', 'S32LE']);
export type SampleFormat = z.infer<typeof sampleFormatSchema>;

/** Valid bits of one sample. */
export const BITS_PER_SAMPLE: Readonly<Record<SampleFormat, number>> = {
  S16LE: 16,
  S24LE: 24,
  S32LE: 32,
};

const usbIdSchema = z
  .string()
  .regex(/^[0-9a-f]{4}$/, 'expected four lower-case hexadecimal digits, e.g. "0869"');

export const profileSlugSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'expected lower-case letters, digits, "_" or "-"');

/** What a profile is recognised by. USB product ids may be several: one vendor, a family of models. */
const profileMatchSchema = z.strictObject({
  usb_vendor_id: usbIdSchema.nullable().default(null),
  usb_product_id: z.array(usbIdSchema).default([]),
  alsa_name_contains: z.string().min(1).max(64).nullable().default(null),
});

/** How to record with one kind of microphone. The YAML seeds, the database and the page share this form. */
export const profileSchema = z.strictObject({
  slug: profileSlugSchema,
  name: z.string().min(1).max(120),
  description: z.string().max(2000).default(''),
  manufacturer: z.string().max(120).default(''),
  model: z.string().max(120).default(''),
  audio: z.strictObject({
    /** Hz */
    sample_rate: z.number().int().min(8000).max(768_000),
    channels: z.number().int().min(1).max(8),
    format: sampleFormatSchema,
    match: profileMatchSchema.prefault({}),
  }),
  processing: z
    .strictObject({
      /** dB, applied to the processed stream only */
      gain_db: z.number().min(-60).max(60).default(0),
      /** Hz; null switches the filter off */
      highpass_filter_hz: z.number().min(1).max(20_000).nullable().default(null),
    })
    .prefault({}),
  stream: z
    .strictObject({
      raw_enabled: z.boolean().default(true),
      processed_enabled: z.boolean().default(true),
      live_stream_enabled: z.boolean().default(true),
      /** seconds */
      segment_duration_s: z.number().int().min(1).max(3600).default(10),
    })
    .refine((stream) => stream.raw_enabled || stream.processed_enabled, {
      message: 'at least one of raw_enabled and processed_enabled must be true',
      path: ['raw_enabled'],
    })
    .prefault({}),
});
export type Profile = z.infer<typeof profileSchema>;

/** Where a profile came from: a seed is replaced by nobody, a user's one is never overwritten. */
export const profileOriginSchema = z.enum(['seed', 'user']);

export const profileEntrySchema = z.strictObject({
  profile: profileSchema,
  origin: profileOriginSchema,
  /** Devices that use it now; a profile in use cannot be deleted. */
  usedBy: z.array(z.string()),
});
export type ProfileEntry = z.infer<typeof profileEntrySchema>;

/** The profile for a microphone that nothing else matches: an unknown microphone records at once. */
export const FALLBACK_PROFILE_SLUG = 'generic_usb';
