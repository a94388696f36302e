import { z } from 'zod';
import { streamSchema } from './recording';
import { instantSchema } from './time';

export const exportFormatSchema = z.enum([
  'wav', // the files as they are
  'flac', // lossless, metadata kept
  'csv', // one line per recording, no sound
  'data_package', // a folder for Camtrap DP readers: datapackage.json, deployments, media, observations, files
  'personal_data', // everything that the station holds about the selection, for a person's request
]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/** Something that whoever reads the export should know. */
export const exportRemarkSchema = z.strictObject({
  kind: z.enum([
    'skipped', // not exported: its file is not here, say
    'kept_as_wav', // FLAC cannot hold it without loss
    'damaged', // exported as it is, which is not what was recorded
    'position_unknown', // of a deployment; to be filled in before it is published
  ]),
  /** null: about more than one. */
  recordingId: z.number().int().min(1).nullable(),
  detail: z.string(),
});
export type ExportRemark = z.infer<typeof exportRemarkSchema>;

export const exportSchema = z.strictObject({
  id: z.string(),
  format: exportFormatSchema,
  streams: z.array(streamSchema),
  /** The new folder. Until all is there, its name ends with `.unfinished`. */
  folder: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** What it is at; `null` once it is over. */
  phase: z.enum(['writing', 'verifying']).nullable(),
  startedAt: instantSchema,
  finishedAt: instantSchema.nullable(),
  /** Those selected, and those dealt with so far. */
  recordings: z.number().int().min(0),
  done: z.number().int().min(0),
  /** How many could not be exported, e.g. because their files are not here. */
  skipped: z.number().int().min(0),
  /** How many remarks there are; all of them are in `remarks.csv` in the folder. */
  remarkCount: z.number().int().min(0),
  /** The first hundred. */
  remarks: z.array(exportRemarkSchema),
  /** Files written so far, those that describe the others included. */
  files: z.number().int().min(0),
  /** While it writes: of the recordings' files, before they are made smaller. From `verifying` on: of what was written. */
  totalBytes: z.number().int().min(0),
  doneBytes: z.number().int().min(0),
  /** Over the last seconds; null: not known yet, or over. */
  bytesPerS: z.number().min(0).nullable(),
  secondsLeft: z.number().min(0).nullable(),
  /** Why it failed; null: it did not. */
  problem: z.string().nullable(),
});
export type Export = z.infer<typeof exportSchema>;
