import { z } from 'zod';
import { deviceNameSchema } from './device';
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
  indexedAt: instantSchema,
});
export type Recording = z.infer<typeof recordingSchema>;

export const recordingFilterSchema = z.strictObject({
  device: deviceNameSchema.optional(),
  /** Inclusive. */
  from: instantSchema.optional(),
  /** Exclusive. */
  to: instantSchema.optional(),
});
export type RecordingFilter = z.infer<typeof recordingFilterSchema>;

export const recordingPageSchema = z.strictObject({
  items: z.array(recordingSchema),
  /** Hand it back to get the next page; null at the end. */
  nextCursor: z.string().nullable(),
});
