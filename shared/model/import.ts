import { z } from 'zod';
import { deviceNameSchema } from './device';
import { tagNameSchema } from './tag';
import { instantSchema } from './time';

/** Where the time of an imported recording comes from, the surest first. */
export const timeSourceSchema = z.enum([
  'guano',
  'bext', // broadcast WAV: OriginationDate and -Time
  'audiomoth_comment',
  'file_name',
  'file_time',
]);
export type TimeSource = z.infer<typeof timeSourceSchema>;

export const importOptionsSchema = z.strictObject({
  /** Which microphone they are of; absent: what each file says, else `imported`. */
  device: deviceNameSchema.optional(),
  /** IANA zone of times that carry none, e.g. in file names; absent: the station's. */
  timezone: z.string().optional(),
  /** Tags for everything that is taken. */
  tags: z.array(tagNameSchema).max(20).default([]),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

export const importStateSchema = z.enum([
  'scanning', // still finding files
  'copying',
  'paused', // the console was stopped; goes on when asked, or at the next start
  'cancelled', // what was taken stays
  'done',
  'failed', // e.g. the disk is full: goes on when asked
]);
export type ImportState = z.infer<typeof importStateSchema>;

export const importItemStateSchema = z.enum([
  'waiting',
  'imported',
  'repaired', // imported, and something in the file was mended in the copy
  'duplicate',
  'in_bin', // a duplicate of what somebody has discarded: gone with the next purge
  'refused', // not audio that can be used; the report says why
  'failed', // could not be read or written; tried again when the import goes on
]);
export type ImportItemState = z.infer<typeof importItemStateSchema>;

export const importSchema = z.strictObject({
  id: z.number().int().min(1),
  sources: z.array(z.string()),
  options: importOptionsSchema,
  state: importStateSchema,
  createdAt: instantSchema,
  finishedAt: instantSchema.nullable(),
  problem: z.string().nullable(),
  /** Files per state; their sum is what was found so far. */
  files: z.record(importItemStateSchema, z.number().int().min(0)),
  totalBytes: z.number().int().min(0),
  doneBytes: z.number().int().min(0),
  /** Of the last seconds; null while there is none. */
  bytesPerS: z.number().min(0).nullable(),
  secondsLeft: z.number().min(0).nullable(),
  /** What is being copied now. */
  current: z.string().nullable(),
});
export type Import = z.infer<typeof importSchema>;

export const importItemSchema = z.strictObject({
  id: z.number().int().min(1),
  path: z.string(),
  sizeBytes: z.number().int().min(0),
  state: importItemStateSchema,
  recordingId: z.number().int().min(1).nullable(),
  /** Capture time and where it comes from; null where there is no recording. */
  time: instantSchema.nullable(),
  timeSource: timeSourceSchema.nullable(),
  detail: z.string(),
});
export type ImportItem = z.infer<typeof importItemSchema>;
