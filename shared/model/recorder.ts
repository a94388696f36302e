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
  'outside_schedule',
  'paused',
  'data_disk_missing',
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
  'STALLED', // the capture lived, but no audio came
  'NO_VALID_AUDIO', // files grew, but none could be kept
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

/** How the capture process stands with the system's scheduler and its out-of-memory killer. */
export const processPrioritySchema = z.strictObject({
  pid: z.number().int().min(1),
  /** -20 … 19; lower is served first. */
  nice: z.number().int().nullable(),
  /** -1000 … 1000; higher is killed first. */
  oomScoreAdj: z.number().int().nullable(),
  /** e.g. `best-effort 0`, `idle`; null where it cannot be read. */
  ioClass: z.string().nullable(),
});
export type ProcessPriority = z.infer<typeof processPrioritySchema>;

/** What the newest raw segment sounded like, over its worst channel. */
export const signalHealthSchema = z.strictObject({
  /** dB below full scale, -200 … 0. */
  peakDbfs: z.number(),
  rmsDbfs: z.number(),
  /** Mean ÷ full scale, -1 … 1. */
  dcOffset: z.number(),
  /** Frames at full scale ÷ all frames, 0 … 1. */
  clippedRatio: z.number(),
  /** A channel that did not move at all. */
  constant: z.boolean(),
});
export type SignalHealth = z.infer<typeof signalHealthSchema>;

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
  /** Failed several times in a row soon after its start: tried once a minute from now on. */
  failing: z.boolean(),
  lastError: captureErrorSchema.nullable(),
  retryAt: instantSchema.nullable(),
  /** When its schedule or its pause changes next what it should do; null: not foreseen. */
  nextChangeAt: instantSchema.nullable(),
  pausedUntil: instantSchema.nullable(),
  /** Taken over, running, from an earlier console. */
  adopted: z.boolean(),
  process: processPrioritySchema.nullable(),
  /** Overruns that the sound system reported in this run. */
  overruns: z.number().int().min(0),
  /** Seconds of sound that this run lost, by the monotonic clock. */
  lostS: z.number().min(0),
  /** Deviation of the device's clock from the system's, parts per million; null until it is measured. */
  driftPpm: z.number().nullable(),
  /** Was the clock synchronised when the run was anchored? null: not anchored yet, or the system does not tell. */
  clockSynced: z.boolean().nullable(),
  /** null before the first segment was measured. */
  signal: signalHealthSchema.nullable(),
});
export type RecorderStatus = z.infer<typeof recorderStatusSchema>;
