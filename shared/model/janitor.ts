import { z } from 'zod';
import { deviceNameSchema } from './device';
import { instantSchema } from './time';

export const janitorModeSchema = z.enum([
  'quiet', // nothing has to go
  'housekeeping', // what is uploaded and analysed
  'defensive', // what is uploaded
  'panic', // the oldest, whatever its state
]);
export type JanitorMode = z.infer<typeof janitorModeSchema>;

/** Why a recording goes. */
export const deletionReasonSchema = z.enum([
  'disk_space',
  'inodes',
  'max_age',
  'min_free',
  'after_upload',
]);
export type DeletionReason = z.infer<typeof deletionReasonSchema>;

/** Why one stays that would be next by its age. */
export const keptReasonSchema = z.enum([
  'not_uploaded',
  'not_verified', // sent, and not read back
  'not_analysed',
  'protected',
  'in_use', // it is sent just now
  'too_young', // its other file may be on its way
  'fetched_back', // a few days ago: somebody wants it here
  'cannot_be_removed',
]);
export type KeptReason = z.infer<typeof keptReasonSchema>;

export const plannedDeletionSchema = z.strictObject({
  recordingId: z.number().int().min(1),
  device: deviceNameSchema,
  time: instantSchema,
  /** Both files. */
  sizeBytes: z.number().int().min(0),
  reason: deletionReasonSchema,
  /** A copy of it was read back from a remote, or nobody wants one. */
  safe: z.boolean(),
  /** People said that it is to be kept: the very last to go. */
  protected: z.boolean(),
});
export type PlannedDeletion = z.infer<typeof plannedDeletionSchema>;

export const janitorPlanSchema = z.strictObject({
  mode: janitorModeSchema,
  /** Bytes that must be freed; 0: none. */
  wantedBytes: z.number().min(0),
  /** Files that must go because the disk has no room for more of them; 0: none. */
  wantedFiles: z.number().min(0),
  items: z.array(plannedDeletionSchema),
  /** Of all that would go, of which `items` are the first; at least so many where `more`. */
  recordings: z.number().int().min(0),
  /** They are so many that not all were counted. */
  more: z.boolean(),
  bytes: z.number().min(0),
  /** What stays although its age would make it next. */
  kept: z.array(z.strictObject({ reason: keptReasonSchema, recordings: z.number().int().min(0) })),
  /** Why it would not be carried out, in one English sentence; null: it would. */
  held: z.string().nullable(),
});
export type JanitorPlan = z.infer<typeof janitorPlanSchema>;

export const storageForecastSchema = z.strictObject({
  /** Bytes per second over the last day; null: not known yet. */
  writeBytesPerS: z.number().min(0).nullable(),
  uploadBytesPerS: z.number().min(0).nullable(),
  /** The disk, if nothing were deleted. */
  fullAt: instantSchema.nullable(),
  /** The first recording that would be deleted without a copy that was read back; null: none in sight. */
  firstLossAt: instantSchema.nullable(),
  /** Hours of measurement that it rests on. */
  basisHours: z.number().min(0),
  /** What to make of it: nothing is known, a guess, a rough idea, a forecast. */
  confidence: z.enum(['none', 'guess', 'rough', 'fair']),
});
export type StorageForecast = z.infer<typeof storageForecastSchema>;

export const janitorStatusSchema = z.strictObject({
  mode: janitorModeSchema,
  since: instantSchema,
  bytes: z.strictObject({
    total: z.number().min(0),
    free: z.number().min(0),
    usedPercent: z.number(),
  }),
  /** null where the file system has no fixed number of them. */
  inodes: z
    .strictObject({ total: z.number().min(0), free: z.number().min(0), usedPercent: z.number() })
    .nullable(),
  thresholds: z.strictObject({ warning: z.number(), critical: z.number(), emergency: z.number() }),
  /** null: not computed yet. */
  forecast: storageForecastSchema.nullable(),
  lastCycleAt: instantSchema.nullable(),
  /** No remote is active: nothing is asked to be uploaded before it goes. */
  withoutRemotes: z.boolean(),
  held: z.string().nullable(),
  /** Recordings whose files could not be removed. */
  stuck: z.number().int().min(0),
  /** Since the console was started. */
  deleted: z.strictObject({
    recordings: z.number().int().min(0),
    bytes: z.number().min(0),
    /** Of those: no copy had been read back although one was wanted. */
    unsaved: z.number().int().min(0),
  }),
  /** The database cannot be asked: only the oldest files go, and only when nothing else helps. */
  blind: z.boolean(),
});
export type JanitorStatus = z.infer<typeof janitorStatusSchema>;

/** One recording whose files were removed; such a row is never changed. */
export const deletionSchema = z.strictObject({
  id: z.number().int().min(1),
  recordingId: z.number().int().min(1).nullable(),
  paths: z.array(z.string()),
  sizeBytes: z.number().int().min(0),
  at: instantSchema,
  mode: janitorModeSchema,
  reason: deletionReasonSchema,
  /** A copy had been read back, or nobody wanted one; null: the database could not be asked. */
  safe: z.boolean().nullable(),
  /** What was known at that moment, in one English sentence. */
  explanation: z.string(),
});
export type Deletion = z.infer<typeof deletionSchema>;
