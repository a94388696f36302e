import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { syncFolder, writeFileDurably } from '../files/durable';
import { errorCode } from '../files/error-code';

// Notes beside the database file, for what must not be forgotten when the file itself is replaced.

const suspicionSchema = z.object({ atMs: z.number(), reason: z.string() });
/** While it ran something said that the file is damaged: the next opening looks closely. */
export type Suspicion = z.infer<typeof suspicionSchema>;

const restorationSchema = z.object({
  atMs: z.number(),
  /** What was wrong. */
  reason: z.string(),
  /** Name of the backup; null: there was none, and all was found again on disk. */
  restoredFrom: z.string().nullable(),
});
/** The database is not the one that knew all: until an audit has passed nothing may be deleted on its word. */
export type Restoration = z.infer<typeof restorationSchema>;

const SCHEMAS = { suspected: suspicionSchema, restored: restorationSchema };
interface Marks {
  readonly suspected: Suspicion;
  readonly restored: Restoration;
}

/** @returns null: it is not marked; one that cannot be read counts */
export async function readMark<K extends keyof Marks>(
  databaseFile: string,
  kind: K,
): Promise<Marks[K] | null> {
  let text: string;
  try {
    text = await readFile(pathOf(databaseFile, kind), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    text = '';
  }
  try {
    return SCHEMAS[kind].parse(JSON.parse(text)) as Marks[K];
  } catch {
    return { atMs: 0, reason: 'unknown', restoredFrom: null } as Marks[K];
  }
}

export async function setMark<K extends keyof Marks>(
  databaseFile: string,
  kind: K,
  mark: Marks[K],
): Promise<void> {
  await writeFileDurably(pathOf(databaseFile, kind), JSON.stringify(mark));
}

export async function clearMark(databaseFile: string, kind: keyof Marks): Promise<void> {
  await rm(pathOf(databaseFile, kind), { force: true });
  await syncFolder(dirname(databaseFile));
}

function pathOf(databaseFile: string, kind: keyof Marks): string {
  return `${databaseFile}.${kind}.json`;
}
