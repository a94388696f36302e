import { z } from 'zod';
import { instantSchema } from './time';

export const backupSchema = z.strictObject({
  /** File name in the folder `backups`. */
  name: z.string(),
  at: instantSchema,
  /** E.g. `scheduled`, `by-hand`, `before-migration`. */
  why: z.string(),
  sizeBytes: z.number().int().min(0),
});
export type Backup = z.infer<typeof backupSchema>;

/** Of the file in which the station keeps everything that is not sound. */
export const databaseStatusSchema = z.strictObject({
  sizeBytes: z.number().int().min(0),
  /** Of the write-ahead log beside it. */
  logBytes: z.number().int().min(0),
  /** Within the file, to be used again or given back. */
  freeBytes: z.number().int().min(0),
  /** The newest first. */
  backups: z.array(backupSchema),
  backingUp: z.boolean(),
  /** Why the last backup came to nothing; null: it did not. */
  backupProblem: z.string().nullable(),
  /** When every page was last read, and what was wrong; null: not yet since the console was started. */
  lastCheck: z.strictObject({ at: instantSchema, damage: z.string().nullable() }).nullable(),
  /** Statements that held up the station since the console began, and the longest of them, in milliseconds. */
  slow: z.strictObject({ statements: z.number().int().min(0), longestMs: z.number().min(0) }),
  /** A backup or nothing took its place, and no audit has passed since: nothing is deleted on its word. */
  restored: z
    .strictObject({ at: instantSchema, reason: z.string(), from: z.string().nullable() })
    .nullable(),
});
export type DatabaseStatus = z.infer<typeof databaseStatusSchema>;
