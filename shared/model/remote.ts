import { z } from 'zod';
import { instantSchema } from './time';

/** Where a remote lies in addresses, in the vault and in the database: lower case, digits and hyphens. */
export const remoteSlugSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case letters, digits and single hyphens');

/** `rclone`: any other backend of rclone, by its own options. */
export const remoteTypeSchema = z.enum([
  'webdav',
  's3',
  'sftp',
  'drive',
  'onedrive',
  'local',
  'rclone',
]);
export type RemoteType = z.infer<typeof remoteTypeSchema>;

/** Why an upload, or anything else with a remote, failed. */
export const cloudErrorCodeSchema = z.enum([
  'OFFLINE', // nobody there: no network, no such name, refused
  'TIMEOUT',
  'AUTH', // user, password or token are not taken
  'FORBIDDEN', // taken, but may not do this
  'QUOTA', // the remote is full
  'RATE_LIMITED', // it asks for patience
  'NOT_FOUND',
  'TLS_CLOCK', // its certificate is not valid at this station's time
  'LOCAL_MISSING', // the recording is not here any more
  'ENCODE',
  'MISMATCH', // what is there is not what was sent
  'UNKNOWN',
]);
export type CloudErrorCode = z.infer<typeof cloudErrorCodeSchema>;

export const cloudFailureSchema = z.strictObject({
  code: cloudErrorCodeSchema,
  /** In the words of the remote or of rclone, without secrets. */
  detail: z.string(),
  at: instantSchema,
});
export type CloudFailure = z.infer<typeof cloudFailureSchema>;

/** What a remote can do, as rclone tells. */
export const capabilitiesSchema = z.strictObject({
  /** Names of rclone, e.g. `md5`, `sha1`, `sha256`; empty: a copy is checked by its size and by samples. */
  hashes: z.array(z.string()),
  resumable: z.boolean(),
  /** Tells how much room there is. */
  quota: z.boolean(),
  /** Server-side move: an object appears whole or not at all. */
  move: z.boolean(),
  checkedAt: instantSchema,
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;

const hour = z.number().int().min(0).max(23);
/** Local hours in which it uploads; may cross midnight. */
export const uploadWindowSchema = z
  .strictObject({ startHour: hour, endHour: hour })
  .refine(({ startHour, endHour }) => startHour !== endHour, 'begins and ends at the same hour');
export type UploadWindow = z.infer<typeof uploadWindowSchema>;

export const bandwidthLimitSchema = z
  .string()
  .regex(/^\d+(\.\d+)?[BKMG]?$/, 'expected a number with B, K, M or G, e.g. "1M"');

/** As rclone names it, e.g. `access_key_id`. */
export const optionNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'not the name of an option');

const remoteName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not get in
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters');
const remoteOptions = z.record(
  optionNameSchema,
  z
    .string()
    .max(4096)
    // eslint-disable-next-line no-control-regex -- see above
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters'),
);
const basePath = z
  .string()
  .max(500)
  .regex(
    // eslint-disable-next-line no-control-regex -- see above
    /^(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?!.*\/\/)[^\u0000-\u001f\u007f\\]*(?<!\/)$/,
    'expected a relative path without "." and ".."',
  );

/** What a person says of a remote. Secrets are given by themselves and never come back. */
export const remoteDraftSchema = z.strictObject({
  name: remoteName,
  type: remoteTypeSchema,
  /** By the names of `remote-options.ts`, without secrets. */
  options: remoteOptions,
  /** Relative to the root of the remote, `/`-separated; empty: the root itself. */
  basePath: basePath.default('silvasonic'),
  bandwidthLimit: bandwidthLimitSchema.nullable().default(null),
  window: uploadWindowSchema.nullable().default(null),
});
export type RemoteDraft = z.infer<typeof remoteDraftSchema>;

/** What a person changes of one that is there; what is not named stays. `options` are given whole. */
export const remoteChangeSchema = z.strictObject({
  name: remoteName.optional(),
  options: remoteOptions.optional(),
  basePath: basePath.optional(),
  bandwidthLimit: bandwidthLimitSchema.nullable().optional(),
  window: uploadWindowSchema.nullable().optional(),
});
export type RemoteChange = z.infer<typeof remoteChangeSchema>;

/** Option name → secret, into the vault; an option that is not named keeps what it has. */
export const remoteSecretsSchema = z.record(optionNameSchema, z.string().min(1).max(65_536));
export type RemoteSecrets = z.infer<typeof remoteSecretsSchema>;

export const remoteStateSchema = z.enum([
  'off', // cloud sync is switched off, or there are more remotes than `max_uploaders`
  'paused', // by a person
  'refused', // password or rights: waits for a person
  'full', // waits for a person, and looks again now and then
  'waiting_for_window',
  'offline', // tries again, longer and longer
  'resting', // recording needs the machine
  'idle', // all is there
  'uploading',
]);
export type RemoteState = z.infer<typeof remoteStateSchema>;

export const remoteSchema = remoteDraftSchema.extend({
  slug: remoteSlugSchema,
  /** Names of the secrets that the vault holds. */
  secrets: z.array(z.string()),
  /** Comes from the environment of a provisioned fleet: what a person changes is overwritten at the next start. */
  seeded: z.boolean(),
  createdAt: instantSchema,
  capabilities: capabilitiesSchema.nullable(),
  state: remoteStateSchema,
  /** Since when, and until when where that is known. */
  since: instantSchema,
  until: instantSchema.nullable(),
  /** Why, in one English sentence; empty where there is nothing to say. */
  detail: z.string(),
  /** Recordings that wait for it. */
  waiting: z.number().int().min(0),
  /** Of those: tried, and put back. */
  failed: z.number().int().min(0),
  /** What failed in a way that does not mend itself; an attempt by hand or a backfill tries again. */
  givenUp: z.number().int().min(0),
  /** Of what it has: read back. */
  verified: z.number().int().min(0),
  /** Bytes per second over the last minutes; 0: nothing moves. */
  bytesPerS: z.number().min(0),
  lastUploadAt: instantSchema.nullable(),
  lastFailure: cloudFailureSchema.nullable(),
  /** When nothing waits any more if all goes on as in the last hours; null: not foreseeable, or never. */
  caughtUpAt: instantSchema.nullable(),
});
export type Remote = z.infer<typeof remoteSchema>;

/** One small file written, read back and removed. */
export const remoteTestSchema = z.strictObject({
  ok: z.boolean(),
  failure: cloudFailureSchema.nullable(),
  steps: z.array(
    z.strictObject({
      step: z.enum(['connect', 'write', 'read_back', 'remove', 'room']),
      ok: z.boolean(),
      /** Milliseconds. */
      tookMs: z.number().min(0),
    }),
  ),
  /** Of the small file: an idea, not a promise. Bytes per second; null: not measured. */
  uploadBytesPerS: z.number().min(0).nullable(),
  downloadBytesPerS: z.number().min(0).nullable(),
  capabilities: capabilitiesSchema.nullable(),
  /** Bytes; null where it does not tell. */
  room: z
    .strictObject({
      total: z.number().min(0).nullable(),
      used: z.number().min(0).nullable(),
      free: z.number().min(0).nullable(),
    })
    .nullable(),
});
export type RemoteTest = z.infer<typeof remoteTestSchema>;

/** What removing a remote comes to. */
export const removalSchema = z.strictObject({
  /** Recordings that it has. */
  copies: z.number().int().min(0),
  /** Of those: deleted here, and on no other remote. They can be fetched no more until it is added again. */
  onlyThere: z.number().int().min(0),
  /** Recordings that wait for it, and will not get there. */
  waiting: z.number().int().min(0),
});
export type Removal = z.infer<typeof removalSchema>;
