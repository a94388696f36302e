import { z } from 'zod';
import { cloudErrorCodeSchema, remoteSlugSchema } from './remote';
import { instantSchema } from './time';

/** Where a recording is, from bad to good to gone. What is `verified` may be deleted here; `uploaded` may not. */
export const custodyStateSchema = z.enum([
  'local_only',
  'uploaded', // sent, and not read back yet
  'verified', // here, and read back from every active remote
  'local_deleted', // not here; a verified copy is elsewhere
  'fetched_back', // was deleted here, and is here again
  'lost', // not here, and no copy that was read back
]);
export type CustodyState = z.infer<typeof custodyStateSchema>;

/** What one remote has of a recording. */
export const copySchema = z.strictObject({
  remote: remoteSlugSchema,
  /** Relative to the base path of the remote; fixed since it was first queued. */
  path: z.string(),
  state: z.enum([
    'queued',
    'uploading',
    'uploaded',
    'verified',
    'failed', // tried, and tried again later
    'given_up', // what it fails at will not mend itself
    'remote_deleted', // was there, and is not any more
  ]),
  attempts: z.number().int().min(0),
  nextAttemptAt: instantSchema.nullable(),
  code: cloudErrorCodeSchema.nullable(),
  /** Of the object as it was sent. */
  sizeBytes: z.number().int().min(0).nullable(),
  sha256: z.string().nullable(),
  remoteId: z.string().nullable(),
  uploadedAt: instantSchema.nullable(),
  verifiedAt: instantSchema.nullable(),
  /** How the copy was read back: by the hash of the remote, or by its size and parts of it. */
  verifiedBy: z.enum(['hash', 'size_and_samples', 'download']).nullable(),
});
export type Copy = z.infer<typeof copySchema>;

export const custodySchema = z.strictObject({
  recordingId: z.number().int().min(1),
  state: custodyStateSchema,
  copies: z.array(copySchema),
  /** Of the local files. */
  deleted: z.strictObject({ at: instantSchema, mode: z.string(), reason: z.string() }).nullable(),
  fetchedBack: z
    .strictObject({ at: instantSchema, remote: remoteSlugSchema, sha256Matches: z.boolean() })
    .nullable(),
});
export type Custody = z.infer<typeof custodySchema>;

/** What comparing a remote with the database came to. */
export const reconciliationSchema = z.strictObject({
  remote: remoteSlugSchema,
  startedAt: instantSchema,
  finishedAt: instantSchema.nullable(),
  objects: z.number().int().min(0),
  /** As the database says. */
  agreed: z.number().int().min(0),
  missing: z.number().int().min(0),
  /** There, and not of the size that was sent. */
  different: z.number().int().min(0),
  /** Objects that no recording knows: left alone. */
  unknown: z.number().int().min(0),
  /** Why it ended early, in one English sentence; null: it did not. */
  problem: z.string().nullable(),
});
export type Reconciliation = z.infer<typeof reconciliationSchema>;
