import { z } from 'zod';
import { deviceNameSchema } from './device';
import { instantSchema } from './time';

/** Why time that should have been recorded was not. Distinct causes get distinct words. */
export const gapReasonSchema = z.enum([
  'unplugged',
  'device_busy',
  'device_refused', // no permission, rate or channels not offered
  'capture_failed', // the capture process ended unasked or could not start
  'stalled', // the capture lived and no audio came
  'overrun', // the computer was too slow to take the sound
  'lost', // samples are missing and nothing told why
  'disk_full',
  'disk_failed', // read-only, I/O error, not writable, no inodes
  'data_disk_missing',
  'console_stopped', // no console ran, and no capture
  'power_loss', // the machine went down without a word
  'restart', // a changed configuration, a start, a stop at the end of a window
  'segment_refused', // recorded, but the file was not as expected and lies in quarantine
  'file_missing', // recorded, but the file is not there any more; told by certificates only
  'unknown',
]);
export type GapReason = z.infer<typeof gapReasonSchema>;

/** Time that a recorder should have recorded and did not. */
export const gapSchema = z.strictObject({
  device: deviceNameSchema,
  from: instantSchema,
  /** null while it lasts. */
  to: instantSchema.nullable(),
  seconds: z.number().min(0),
  reason: gapReasonSchema,
  /** English evidence, e.g. ffmpeg's words; empty when there is none. */
  detail: z.string(),
});
export type Gap = z.infer<typeof gapSchema>;

/** Was the clock right when something was recorded? `unknown`: the system did not tell. */
export const clockStateSchema = z.enum(['synchronised', 'not_synchronised', 'unknown']);
export type ClockState = z.infer<typeof clockStateSchema>;

/** A stretch of time: `from` inside, `to` not. */
export const spanSchema = z.strictObject({ from: instantSchema, to: instantSchema });
export type Span = z.infer<typeof spanSchema>;

/** A calendar day in the station's time zone. */
export const daySchema = z.iso.date();

/** What one device should have recorded in a stretch of time, and what it did. */
export const deviceCoverageSchema = z.strictObject({
  device: deviceNameSchema,
  displayName: z.string(),
  simulated: z.boolean(),
  /** Seconds that it should have recorded, up to now where the day is not over. */
  scheduledS: z.number().min(0),
  /**
   * Of these, seconds of which no schedule is known any more (the database was lost): recordings are there, so they
   * count as scheduled. Absent: none.
   */
  scheduledFromRecordingsS: z.number().min(0).exactOptional(),
  /** Seconds of scheduled time that lie in recordings. */
  recordedS: z.number().min(0),
  /** recorded ÷ scheduled; null when nothing was scheduled. */
  coverage: z.number().min(0).max(1).nullable(),
  scheduled: z.array(spanSchema),
  recorded: z.array(spanSchema),
  gaps: z.array(gapSchema),
  /** Seconds of recordings whose times come from a clock that was not synchronised. */
  unsyncedS: z.number().min(0),
  /** Seconds of recordings of which the system did not tell whether its clock was right. */
  clockUnknownS: z.number().min(0),
  recordings: z.number().int().min(0),
});
export type DeviceCoverage = z.infer<typeof deviceCoverageSchema>;

export const dayCoverageSchema = z.strictObject({
  day: daySchema,
  timezone: z.string(),
  from: instantSchema,
  to: instantSchema,
  /** When this was computed: what lies after it is not judged. */
  at: instantSchema,
  devices: z.array(deviceCoverageSchema),
});
export type DayCoverage = z.infer<typeof dayCoverageSchema>;

/** What a day came to, over all devices. */
export const daySumSchema = z.strictObject({
  day: daySchema,
  /** Seconds. */
  scheduledS: z.number().min(0),
  recordedS: z.number().min(0),
  /** Those that last, or lasted a second at least: a start takes some tenths. */
  gaps: z.number().int().min(0),
});
export type DaySum = z.infer<typeof daySumSchema>;

/**
 * Why a file was not there when it was certified. `removed`: by the station itself, to make room; it counts as
 * recorded. `missing`: nobody told why, or another file lies in its place; the sound is gone and does not count.
 */
export const absentFileSchema = z.enum(['missing', 'removed']);
export type AbsentFile = z.infer<typeof absentFileSchema>;

/** One file as a certificate names it. */
export const certifiedFileSchema = z.strictObject({
  path: z.string(),
  time: instantSchema,
  durationS: z.number().min(0),
  sizeBytes: z.number().int().min(0),
  /** null: it could not be read, or was removed before it was computed. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  clock: clockStateSchema,
  recovered: z.boolean(),
  /** Without it: the file was there, as long as it says. */
  absent: absentFileSchema.exactOptional(),
});

/** What a station certifies about a stretch of time. Signed as canonical JSON without its `signature`. */
export const certificateBodySchema = z.strictObject({
  version: z.literal(1),
  station: z.strictObject({
    id: z.string(),
    name: z.string(),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    software: z.string(),
  }),
  from: instantSchema,
  to: instantSchema,
  timezone: z.string(),
  issuedAt: instantSchema,
  /** Was the system clock synchronised when it was issued? */
  clockSynced: z.boolean().nullable(),
  devices: z.array(deviceCoverageSchema.extend({ files: z.array(certifiedFileSchema) })),
});
export const certificateSchema = certificateBodySchema.extend({
  /** Ed25519; `publicKey` is SPKI, `value` the signature, both Base64. */
  signature: z.strictObject({
    algorithm: z.literal('Ed25519'),
    publicKey: z.string(),
    value: z.string(),
  }),
});
export type CertificateBody = z.infer<typeof certificateBodySchema>;
export type Certificate = z.infer<typeof certificateSchema>;
