import { z } from 'zod';
import { deviceNameSchema } from './device';
import { timeSourceSchema } from './import';
import { tagNameSchema } from './tag';
import { instantSchema } from './time';

/** The two files a recording can have. */
export const streamSchema = z.enum(['raw', 'processed']);
export type Stream = z.infer<typeof streamSchema>;

export const recordingFileSchema = z.strictObject({
  /** Relative to the data folder, `/`-separated. */
  path: z.string(),
  sizeBytes: z.number().int().min(0),
  sampleRateHz: z.number().int().min(1),
  channels: z.number().int().min(1),
  bitsPerSample: z.number().int().min(1),
  /** Sample frames: one sample of every channel. */
  frames: z.number().int().min(0),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type RecordingFile = z.infer<typeof recordingFileSchema>;

/** What reading a recording's files again has found. */
export const integritySchema = z.enum([
  'ok',
  'corrupt', // the bytes are not those that were recorded
  'missing',
  'unreadable', // the disk refused
]);
export type Integrity = z.infer<typeof integritySchema>;

export const recordingSchema = z.strictObject({
  id: z.number().int().min(1),
  /** The stable name of the microphone. */
  device: deviceNameSchema,
  /** Capture time of the first frame. */
  time: instantSchema,
  /** frames ÷ rate of the raw file (of the processed one where there is no raw). Seconds. */
  durationS: z.number().min(0),
  runId: z.string().nullable(),
  /** Position within its run, from 0. */
  sequence: z.number().int().min(0).nullable(),
  raw: recordingFileSchema.nullable(),
  processed: recordingFileSchema.nullable(),
  simulated: z.boolean(),
  recovered: z.boolean(),
  /** Made while the clock was not synchronised. */
  clockUnsynced: z.boolean(),
  /** When its time was corrected after the clock was set; null: never. */
  retimedAt: instantSchema.nullable(),
  uploaded: z.boolean(),
  localDeleted: z.boolean(),
  /** Of a pair: the file that is gone while the other one is here; null: none. */
  missingFile: streamSchema.nullable(),
  indexedAt: instantSchema,
  source: z.enum(['recorder', 'import']),
  /** What an imported file was called. */
  originalName: z.string().nullable(),
  /** Of an imported recording. */
  timeSource: timeSourceSchema.nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  notes: z.string().nullable(),
  tags: z.array(tagNameSchema),
  /** Never deleted to make room. */
  protected: z.boolean(),
  /** In the bin since; null: not there. */
  deletedAt: instantSchema.nullable(),
  /** When its files were last compared with their hashes; null: never. */
  verifiedAt: instantSchema.nullable(),
  integrity: integritySchema.nullable(),
  /** Detections of all workers. */
  detections: z.number().int().min(0),
});
export type Recording = z.infer<typeof recordingSchema>;

export const recordingFilterSchema = z.strictObject({
  device: deviceNameSchema.optional(),
  /** Inclusive. */
  from: instantSchema.optional(),
  /** Exclusive. */
  to: instantSchema.optional(),
  /** Words in title, description, notes and original name; all of them, the last may be the start of one. */
  text: z.string().trim().min(1).max(200).optional(),
  /** All of them. */
  tags: z.array(tagNameSchema).min(1).max(10).optional(),
  /** Seconds, inclusive. */
  minDurationS: z.number().min(0).optional(),
  maxDurationS: z.number().min(0).optional(),
  source: z.enum(['recorder', 'import']).optional(),
  protected: z.boolean().optional(),
  uploaded: z.boolean().optional(),
  localDeleted: z.boolean().optional(),
  recovered: z.boolean().optional(),
  clockUnsynced: z.boolean().optional(),
  /** Anything but `ok`. */
  damaged: z.literal(true).optional(),
  /** With a detection of this label. */
  label: z.string().min(1).max(200).optional(),
  /** What is in the bin instead of what is not. */
  bin: z.boolean().default(false),
});
export type RecordingFilter = z.input<typeof recordingFilterSchema>;

/** Some recordings: by their numbers, or all that a filter finds. */
export const selectionSchema = z.union([
  z.strictObject({ ids: z.array(z.number().int().min(1)).min(1).max(10_000) }),
  z.strictObject({ filter: recordingFilterSchema }),
]);
export type Selection = z.input<typeof selectionSchema>;

export const recordingDaySchema = z.strictObject({
  day: z.iso.date(),
  recordings: z.number().int().min(0),
  durationS: z.number().min(0),
});
export type RecordingDay = z.infer<typeof recordingDaySchema>;

export const recordingPageSchema = z.strictObject({
  items: z.array(recordingSchema),
  /** Hand it back to get the next page; null at the end. */
  nextCursor: z.string().nullable(),
});
