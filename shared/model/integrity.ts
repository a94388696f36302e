import { z } from 'zod';
import { instantSchema } from './time';

/** Of the job that reads everything again, slowly. */
export const integrityStatusSchema = z.strictObject({
  state: z.enum([
    'running',
    'paused', // by a person, or switched off
    'resting', // something else goes first
    'done', // nothing is due
  ]),
  /** Why it does not run, in one English sentence; empty while it does. */
  detail: z.string(),
  /** Who has paused it, and since when; it lasts until somebody resumes it. null: nobody has. */
  paused: z.strictObject({ by: z.enum(['page', 'command_line']), at: instantSchema }).nullable(),
  /** Recordings that are here. */
  total: z.number().int().min(0),
  /** Of those, verified within the interval of the settings. */
  verified: z.number().int().min(0),
  /** Of those that are here: the bytes are not those that were recorded. What lies in the bin does not count. */
  corrupt: z.number().int().min(0),
  missing: z.number().int().min(0),
  unreadable: z.number().int().min(0),
  /** Since when it has had work without being done in between; null: it has none. */
  roundSince: instantSchema.nullable(),
  /** When nothing was due for the last time: everything had been verified; null: not yet since the console began. */
  wholeAt: instantSchema.nullable(),
  /** Of the file that was read last. */
  bytesPerS: z.number().min(0),
  /** The file that is being read, relative to the data folder. */
  current: z.string().nullable(),
});
export type IntegrityStatus = z.infer<typeof integrityStatusSchema>;

/** What a comparison of rows with files came to. */
export const auditReportSchema = z.strictObject({
  /** Why nothing was marked; null: it was carried out. */
  refused: z.string().nullable(),
  /** Recordings that should have been here. */
  rows: z.number().int().min(0),
  /** Of those, any file of which is gone. */
  markedMissing: z.number().int().min(0),
  /** Marked by an earlier one, and more of their files are here again. */
  healed: z.number().int().min(0),
  /** Files that had no row. */
  registered: z.number().int().min(0),
});
export type AuditReport = z.infer<typeof auditReportSchema>;

/** How the comparison of rows with files stands. */
export const auditStatusSchema = z.strictObject({
  running: z.boolean(),
  /** Why the last one did not get through; null: it did. */
  problem: z.string().nullable(),
  /** The last one that did, carried out or refused; null: none since the console began. */
  last: z.strictObject({ at: instantSchema, report: auditReportSchema }).nullable(),
});
export type AuditStatus = z.infer<typeof auditStatusSchema>;

/** What reading one file again has found. */
export const verdictSchema = z.strictObject({
  recordingId: z.number().int().min(1),
  /** Relative to the data folder. */
  path: z.string(),
  result: z.enum(['ok', 'corrupt', 'missing', 'unreadable', 'no_hash']),
  /** SHA-256 of what was recorded, and of what is there. */
  expected: z.string().nullable(),
  found: z.string().nullable(),
  /** One English sentence; empty where all is well. */
  detail: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** A recording that is here and is not what was recorded, with what was found when it was read last. */
export const findingSchema = z.strictObject({
  recordingId: z.number().int().min(1),
  device: z.string(),
  /** Of the recording. */
  time: instantSchema,
  result: z.enum(['corrupt', 'missing', 'unreadable']),
  /** The file, relative to the data folder. */
  path: z.string(),
  /** When it was found. */
  at: instantSchema.nullable(),
  /** SHA-256 of what was recorded, and of what is there; null where it is not known. */
  expected: z.string().nullable(),
  found: z.string().nullable(),
  /** One English sentence; empty where nothing more is known. */
  detail: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;
