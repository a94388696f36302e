import { z } from 'zod';
import { cloudErrorCodeSchema, remoteSlugSchema } from './remote';
import { instantSchema } from './time';

/** What moves just now. */
export const transferSchema = z.strictObject({
  remote: remoteSlugSchema,
  recordingId: z.number().int().min(1),
  direction: z.enum(['up', 'down']),
  stage: z.enum(['encoding', 'sending', 'reading_back', 'decoding']),
  bytes: z.number().min(0),
  totalBytes: z.number().min(0),
  bytesPerS: z.number().min(0),
  since: instantSchema,
});
export type Transfer = z.infer<typeof transferSchema>;

/** One attempt; such a row is never changed. */
export const uploadAttemptSchema = z.strictObject({
  id: z.number().int().min(1),
  recordingId: z.number().int().min(1),
  remote: remoteSlugSchema,
  /** Relative to the base path of the remote. */
  path: z.string(),
  at: instantSchema,
  /** Of the encoded file. */
  sizeBytes: z.number().int().min(0).nullable(),
  /** Seconds from the first byte to the copy that was read back. */
  durationS: z.number().min(0).nullable(),
  success: z.boolean(),
  code: cloudErrorCodeSchema.nullable(),
  message: z.string(),
});
export type UploadAttempt = z.infer<typeof uploadAttemptSchema>;

export const uploadFilterSchema = z.strictObject({
  remote: remoteSlugSchema.optional(),
  recordingId: z.number().int().min(1).optional(),
  success: z.boolean().optional(),
  code: cloudErrorCodeSchema.optional(),
  /** Inclusive, exclusive. */
  from: instantSchema.optional(),
  to: instantSchema.optional(),
});
export type UploadFilter = z.infer<typeof uploadFilterSchema>;
