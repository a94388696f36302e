import { randomUUID } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { instantSchema, toInstant } from '@shared/model/time';
import { MARKER_NAME } from '../data-folder';
import { writeFileDurably } from '../files/durable';
import { orNothing } from '../files/absent';

/** Loose: a later version may say more, and is to be recognised all the same. */
const markerSchema = z.looseObject({
  version: z.number().int().min(1),
  stationId: z.uuid(),
  createdAt: instantSchema,
});
export type Marker = z.infer<typeof markerSchema>;

/** Is there one, looked at now? @throws Node's errors when that cannot be told */
export async function hasMarker(root: string): Promise<boolean> {
  return (await orNothing(lstat(join(root, MARKER_NAME)))) !== null;
}

/** `unreadable`: there is one, and it cannot be read or understood. */
export async function readMarker(root: string): Promise<Marker | 'absent' | 'unreadable'> {
  try {
    const text = await orNothing(readFile(join(root, MARKER_NAME), 'utf8'));
    if (text === null) return 'absent';
    const parsed = markerSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

/**
 * Marks a data folder, unless it is marked already. One that was spoilt is made anew.
 * @param stationId of a station that is known to belong here; null: it gets one
 * @throws the file system's error when the marker cannot be written
 */
export async function ensureMarker(
  root: string,
  stationId: string | null,
  wallMs: number,
): Promise<Marker> {
  const found = await readMarker(root);
  if (typeof found === 'object') return found;
  const marker = {
    version: 1,
    stationId: stationId ?? randomUUID(),
    createdAt: toInstant(wallMs),
  };
  await writeFileDurably(join(root, MARKER_NAME), `${JSON.stringify(marker)}\n`);
  return marker;
}
