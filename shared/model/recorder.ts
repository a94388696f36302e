import { z } from 'zod';
import { deviceKindSchema, deviceNameSchema } from './device';
import { profileSlugSchema, sampleFormatSchema } from './profile';
import { instantSchema } from './time';

/** Why a recorder should or should not run; exactly one applies. */
export const desiredReasonSchema = z.enum([
  'should_record',
  'stopped_by_user',
  'offline',
  'pending_enrollment',
  'ignored',
  'no_profile',
  'ambiguous',
  'recorder_limit',
  'console_stopped', // no console runs on this data folder
]);
export type DesiredReason = z.infer<typeof desiredReasonSchema>;

/**
 * `recording` is claimed only while audio grows on disk. `stalled`: the capture lives, no audio grows.
 * `waiting`: it failed and is tried again at `retryAt`.
 */
export const recorderStateSchema = z.enum([
  'idle',
  'starting',
  'recording',
  'stalled',
  'stopping',
  'waiting',
]);
export type RecorderState = z.infer<typeof recorderStateSchema>;

/** Distinct causes get distinct words. */
export const captureErrorCodeSchema = z.enum([
  'FFMPEG_MISSING',
  'DEVICE_BUSY',
  'DEVICE_GONE',
  'PERMISSION_DENIED',
  'RATE_NOT_OFFERED',
  'CHANNELS_NOT_OFFERED',
  'FORMAT_NOT_OFFERED',
  'SOURCE_FILE_UNREADABLE',
  'DISK_FULL',
  'DATA_FOLDER_UNWRITABLE',
  'EXITED_UNASKED',
  'UNKNOWN',
]);
export type CaptureErrorCode = z.infer<typeof captureErrorCodeSchema>;

export const captureErrorSchema = z.strictObject({
  code: captureErrorCodeSchema,
  /** English detail from the source, e.g. ffmpeg's last words. The page has its own text per code. */
  detail: z.string(),
  at: instantSchema,
});
export type CaptureError = z.infer<typeof captureErrorSchema>;

export const recorderStatusSchema = z.strictObject({
  device: deviceNameSchema,
  displayName: z.string(),
  kind: deviceKindSchema,
  profileSlug: profileSlugSchema.nullable(),
  sampleRateHz: z.number().int().nullable(),
  channels: z.number().int().nullable(),
  format: sampleFormatSchema.nullable(),
  desired: z.boolean(),
  desiredReason: desiredReasonSchema,
  state: recorderStateSchema,
  /** One life of one capture process: 8 hex characters. */
  runId: z.string().nullable(),
  /** Capture time of the run's first sample. */
  runStartedAt: instantSchema.nullable(),
  /** When audio was last seen growing on disk. */
  lastAudioAt: instantSchema.nullable(),
  /** End of the newest promoted segment. */
  lastSegmentAt: instantSchema.nullable(),
  segmentsPromoted: z.number().int().min(0),
  segmentsRefused: z.number().int().min(0),
  /** Seconds of audio promoted by this run. */
  recordedS: z.number().min(0),
  segmentDurationS: z.number().int().nullable(),
  restarts: z.number().int().min(0),
  lastError: captureErrorSchema.nullable(),
  retryAt: instantSchema.nullable(),
});
export type RecorderStatus = z.infer<typeof recorderStatusSchema>;
