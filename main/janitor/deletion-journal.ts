import { open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { deletionReasonSchema, janitorModeSchema } from '@shared/model/janitor';
import { orNothing } from '../files/absent';
import { syncFolder } from '../files/durable';

const entrySchema = z.strictObject({
  /** UTC milliseconds. */
  atMs: z.number().int(),
  mode: janitorModeSchema,
  reason: deletionReasonSchema,
  /** null: the database could not be asked. */
  safe: z.boolean().nullable(),
  explanation: z.string(),
  /** Files that are to go, relative to the data folder, `/`-separated. */
  paths: z.array(z.string()).min(1),
  /** Bytes. */
  bytes: z.number(),
});
/** One recording whose files are about to go. It is known by its files: a database of before may number it otherwise. */
export type JournalEntry = z.infer<typeof entrySchema>;

/**
 * What is about to be deleted, in a file beside the database: written before the first file goes, emptied when the
 * database knows. What is in it after a crash, or while the database cannot be asked, waits to be told to it.
 */
export class DeletionJournal {
  readonly #file: string;

  /** @param file in the data folder */
  constructor(file: string) {
    this.#file = file;
  }

  /** On the disk when it returns. @throws Node's errors, such as ENOSPC */
  async add(entries: readonly JournalEntry[]): Promise<void> {
    const handle = await open(this.#file, 'a', 0o600);
    let isNew: boolean;
    try {
      isNew = (await handle.stat()).size === 0;
      // A line that a power cut has torn ends here.
      await handle.write(`\n${entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (isNew) await syncFolder(dirname(this.#file));
  }

  /** In the order in which it was written; torn lines are passed over. @throws Node's errors */
  async read(): Promise<JournalEntry[]> {
    const text = await orNothing(readFile(this.#file, 'utf8'));
    return (text ?? '').split('\n').flatMap((line) => {
      const parsed = entrySchema.safeParse(parseLine(line));
      return parsed.success ? [parsed.data] : [];
    });
  }

  /** Everything in it is told. @throws Node's errors */
  async clear(): Promise<void> {
    await orNothing(truncate(this.#file, 0));
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
