import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { deviceNameSchema } from '@shared/model/device';
import { timeSourceSchema } from '@shared/model/import';
import { tagNameSchema } from '@shared/model/tag';
import { instantSchema } from '@shared/model/time';
import { firstProblem } from '../schema-problem';
import { UUID } from './imported-path';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
/** No sidecar of ours is longer: what is, was not written by us. */
const MOST_CHARS = 256 * 1024;

/**
 * What is known of an imported file, beside it on the disk: enough to make its row anew when the database is lost.
 * `<data>/imported/<first two of the id>/<id>.wav` has `<id>.json`.
 */
export const sidecarSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(new RegExp(`^${UUID}$`)),
  /** What the file was called and where it lay; a name that is no UTF-8 as a `file:` URL. */
  originalName: z.string(),
  originalPath: z.string(),
  /** Of the source, as it was read. */
  sourceSizeBytes: z.number().int().min(0),
  sourceModifiedAt: instantSchema,
  sourceSha256: sha256Schema,
  /** Of the file beside this one: another than the source's where it was repaired or converted. */
  sizeBytes: z.number().int().min(0),
  sha256: sha256Schema,
  /** Of the samples alone; null: they are all the same, as of silence, and tell nothing. */
  audioSha256: sha256Schema.nullable(),
  sampleRateHz: z.number().int().min(1),
  channels: z.number().int().min(1),
  bitsPerSample: z.number().int().min(1),
  frames: z.number().int().min(0),
  /** Capture time of the first frame. */
  time: instantSchema,
  timeSource: timeSourceSchema,
  /** The words that the time was read from; empty for the file's own time. */
  timeText: z.string(),
  /** IANA zone by which local time was read; null: it told its own. */
  timezone: z.string().nullable(),
  device: z.strictObject({ name: deviceNameSchema, displayName: z.string() }),
  /** Made by a computer, as our own simulated microphones say in their metadata. */
  simulated: z.boolean(),
  /** Something was mended in the copy: a writer had not finished it. */
  recovered: z.boolean(),
  /** What was mended or converted in the copy, in words; empty: nothing. */
  changes: z.string(),
  tags: z.array(tagNameSchema),
  importId: z.number().int().min(1),
  importedAt: instantSchema,
});
export type Sidecar = z.infer<typeof sidecarSchema>;

/** What lies there is no sidecar of ours; the message says where and why. */
export class SidecarError extends Error {
  constructor(file: string, problem: string) {
    super(`${file} does not describe an imported file: ${problem}`);
    this.name = 'SidecarError';
  }
}

export function formatSidecar(sidecar: Sidecar): string {
  return `${JSON.stringify(sidecar, null, 2)}\n`;
}

/**
 * @param file of the sidecar
 * @throws SidecarError when it holds something else; Node's errors when it cannot be read (`ENOENT`: there is none)
 */
export async function readSidecar(file: string): Promise<Sidecar> {
  const text = await readFile(file, 'utf8');
  if (text.length > MOST_CHARS) throw new SidecarError(file, 'it is too long');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SidecarError(file, 'it is no JSON');
  }
  const parsed = sidecarSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, problem } = firstProblem(parsed.error);
  throw new SidecarError(file, path === '' ? problem : `${path}: ${problem}`);
}
