import { z } from 'zod';
import { instantSchema } from './time';

/** One thing that a worker heard. Seconds from the start of the recording. */
export const detectionSchema = z.strictObject({
  id: z.number().int().min(1),
  worker: z.string(),
  workerVersion: z.string(),
  startS: z.number().min(0),
  endS: z.number().min(0),
  label: z.string(),
  confidence: z.number().min(0).max(1),
});
export type Detection = z.infer<typeof detectionSchema>;

/** What is made of a recording to look at. */
export const assetKindSchema = z.enum(['peaks', 'spectrogram']);
export type AssetKind = z.infer<typeof assetKindSchema>;

export const assetSchema = z.strictObject({
  kind: assetKindSchema,
  state: z.enum([
    'ready',
    'working', // waits for a worker or is being made: ask again when `assets` changes
    'failed', // `detail` says why; `again` tries once more
    'no_audio', // its files are not here
  ]),
  /**
   * Address for the page, `media://asset/<recording>/<kind>?v=<version>`; null unless `ready`. Peaks are read by
   * `decodePeaks` (shared/model/peaks); a spectrogram is a PNG: time to the right over the whole recording, frequency
   * upwards from 0 to half the sample rate of its raw file (of the processed one where there is no raw).
   */
  url: z.string().nullable(),
  version: z.number().int().min(1),
  detail: z.string(),
});
export type Asset = z.infer<typeof assetSchema>;

/** What a worker did with one recording, in `analysis_state` under the worker's name. */
export const analysisRecordSchema = z.strictObject({
  state: z.enum(['done', 'failed', 'skipped']),
  version: z.string(),
  at: instantSchema,
  detail: z.string().default(''),
});
export type AnalysisRecord = z.infer<typeof analysisRecordSchema>;

export const workerStatusSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  enabled: z.boolean(),
  state: z.enum([
    'off', // only what a person looks at
    'idle',
    'working',
    'paused', // recording needs the machine
    'failing', // at several recordings in a row: it rests before it goes on
  ]),
  /** Recordings that wait for it; of those that were not looked at yet it may be done with some. */
  backlog: z.number().int().min(0),
  /** Since the console began. */
  done: z.number().int().min(0),
  /** Recordings that are not tried any more. */
  failed: z.number().int().min(0),
  lastError: z
    .strictObject({ at: instantSchema, recordingId: z.number().int(), detail: z.string() })
    .nullable(),
});
export type WorkerStatus = z.infer<typeof workerStatusSchema>;
