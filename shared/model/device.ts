import { z } from 'zod';
import { profileSlugSchema, sampleFormatSchema } from './profile';
import { scheduleSchema } from './schedule';
import { instantSchema } from './time';

/** How the station reaches a microphone; `imported`: not at all, its recordings came from elsewhere. */
export const deviceKindSchema = z.enum(['usb', 'alsa', 'simulated', 'imported']);
export type DeviceKind = z.infer<typeof deviceKindSchema>;

/** What an identity rests on; `card` changes over reboots and is shown as unstable. */
export const identityBasisSchema = z.enum(['serial', 'port', 'card', 'manual']);
export type IdentityBasis = z.infer<typeof identityBasisSchema>;

export const enrollmentSchema = z.enum(['pending', 'enrolled', 'ignored']);
export type Enrollment = z.infer<typeof enrollmentSchema>;

export const matchCandidateSchema = z.strictObject({
  slug: profileSlugSchema,
  /** 100 = vendor and product id match, 50 = ALSA name contains the profile's text */
  score: z.union([z.literal(100), z.literal(50)]),
  /** What matched, e.g. `0869:0389` or `AudioMoth` */
  evidence: z.string(),
});
export type MatchCandidate = z.infer<typeof matchCandidateSchema>;

/** Why a device has the profile and the enrolment it has. Stored with the device and shown. */
export const matchReasonSchema = z.strictObject({
  outcome: z.enum([
    'usb_id', // one best profile at 100
    'alsa_name', // one best profile at 50: suggested only
    'tie', // several best profiles: a person decides
    'fallback', // nothing matched: the generic profile
    'auto_enrollment_off', // one best profile at 100, but a person confirms every device
    'not_for_capture', // a webcam and the like: recorded only if a person says so
    'user', // a person chose
    'added', // added by hand or simulated
  ]),
  score: z.number().int().min(0).max(100),
  candidates: z.array(matchCandidateSchema),
});
export type MatchReason = z.infer<typeof matchReasonSchema>;

export const simulatedSourceSchema = z.enum(['sweep', 'noise', 'file']);
export type SimulatedSource = z.infer<typeof simulatedSourceSchema>;

/** Sample rates in Hz: single ones, or every one within bounds. */
export const offeredRatesSchema = z.union([
  z.array(z.number().int().positive()).min(1),
  z.strictObject({ min: z.number().int().positive(), max: z.number().int().positive() }),
]);
export type OfferedRates = z.infer<typeof offeredRatesSchema>;

/** One way in which a sound card can capture without anything being converted. */
export const captureOfferSchema = z.strictObject({
  format: sampleFormatSchema,
  channels: z.number().int().positive(),
  rates: offeredRatesSchema,
});
export type CaptureOffer = z.infer<typeof captureOfferSchema>;

export const deviceNameSchema = z.string().min(1).max(200);

/**
 * An ALSA PCM as ffmpeg may open it. Not everything alsa-lib would take: its `file` and `tee` write files and
 * run commands that stand in the name.
 */
export const alsaPcmSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.:,=@-]*$/,
    'expected an ALSA PCM name, e.g. "hw:CARD=sndrpihifiberry,DEV=0"',
  )
  .refine((name) => !/^(file|tee)(:|$)/i.test(name), 'this kind of PCM is not a microphone');

export const deviceSchema = z.strictObject({
  /** The stable identity and primary key, e.g. `0869-0389-034F`. */
  name: deviceNameSchema,
  /** What people read; never used to open or identify anything. */
  displayName: z.string(),
  kind: deviceKindSchema,
  identityBasis: identityBasisSchema,
  /** Two devices claim the same identity; neither is opened in the other's place. */
  ambiguous: z.boolean(),
  usbVendorId: z.string().nullable(),
  usbProductId: z.string().nullable(),
  usbSerial: z.string().nullable(),
  /** Where it is plugged in, e.g. `1-1.3`. */
  usbBusPath: z.string().nullable(),
  /** Volatile: refreshed at every scan. */
  alsaCardIndex: z.number().int().nullable(),
  alsaCardId: z.string().nullable(),
  alsaName: z.string().nullable(),
  /** The PCM that ffmpeg opens, e.g. `hw:CARD=UltraMic,DEV=0`; null for simulated ones. */
  pcm: z.string().nullable(),
  /** What the card says it can capture, of what the station can record; volatile too. Null when not known. */
  offers: z.array(captureOfferSchema).nullable(),
  simulatedSource: simulatedSourceSchema.nullable(),
  /** Absolute path of the looped audio file when `simulatedSource` is `file`. */
  simulatedFile: z.string().nullable(),
  presence: z.enum(['online', 'offline']),
  /** Times it went away and came back within the grace period. */
  flaps: z.number().int().min(0),
  enrollment: enrollmentSchema,
  /** A person's switch: false = do not record. */
  enabled: z.boolean(),
  profileSlug: profileSlugSchema.nullable(),
  schedule: scheduleSchema,
  /** A pause is a deadline: it ends by itself, whatever happens to the console meanwhile. */
  pausedUntil: instantSchema.nullable(),
  matchReason: matchReasonSchema,
  /** Folder name below `<data>/recorder/`; fixed at first sight. */
  workspace: z.string(),
  firstSeenAt: instantSchema,
  lastSeenAt: instantSchema,
});
export type Device = z.infer<typeof deviceSchema>;
