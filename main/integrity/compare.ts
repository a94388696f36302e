import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Verdict } from '@shared/model/integrity';
import type { Integrity } from '@shared/model/recording';
import { orNothing } from '../files/absent';
import { messageOf } from '../error-message';
import { type Pace, type PastCache, UnreadableError } from './past-cache';
import type { VerifiableRow } from './verified-rows';

/**
 * Reads the files of a recording and compares them with their hashes. Never writes: a file that is not what was recorded
 * stays where it is, for most of its sound is still in it.
 * @throws what `pace` throws
 */
export async function compareFiles(
  reader: PastCache,
  dataRoot: string,
  row: VerifiableRow,
  pace: Pace,
): Promise<Verdict[]> {
  const files = [
    { path: row.raw_path, expected: row.raw_sha256 },
    { path: row.processed_path, expected: row.processed_sha256 },
  ];
  const verdicts: Verdict[] = [];
  for (const { path, expected } of files) {
    if (path === null) continue;
    const told = { recordingId: row.id, path, expected };
    const found =
      expected === null
        ? { result: 'no_hash' as const, found: null, detail: 'its hash is not made yet' }
        : await compareFile(reader, join(dataRoot, path), expected, pace);
    verdicts.push({ ...told, ...found });
  }
  return verdicts;
}

async function compareFile(
  reader: PastCache,
  file: string,
  expected: string,
  pace: Pace,
): Promise<Pick<Verdict, 'result' | 'found' | 'detail'>> {
  try {
    const stats = await orNothing(lstat(file));
    if (stats?.isFile() !== true) {
      const detail = stats === null ? 'there is no such file' : 'it is no file';
      return { result: 'missing', found: null, detail };
    }
    const first = await reader.digest(file, stats.size, pace);
    if (first.sha256 === expected) return { result: 'ok', found: first.sha256, detail: '' };
    // A second reading tells the disk from the way to it: memory and cables flip bits, too.
    const { sha256, bytes } = await reader.digest(file, stats.size, pace);
    if (sha256 === expected) {
      const detail = `read twice, and only the second time right (first ${first.sha256}): memory or the way to the disk is not sound`;
      return { result: 'ok', found: sha256, detail };
    }
    const detail =
      sha256 === first.sha256
        ? `read twice, the same both times; ${String(bytes)} bytes`
        : `read twice, and another thing each time (first ${first.sha256}); ${String(bytes)} bytes`;
    return { result: 'corrupt', found: sha256, detail };
  } catch (error) {
    // The file system's own errors, of the look as of the reading; what ended the reading on purpose goes on.
    if (error instanceof UnreadableError || (error instanceof Error && 'code' in error)) {
      return { result: 'unreadable', found: null, detail: messageOf(error) };
    }
    throw error;
  }
}

const WORST_FIRST = ['corrupt', 'missing', 'unreadable', 'ok'] as const satisfies Integrity[];

/** Of a recording, by its files; null: none could be compared. */
export function integrityOf(verdicts: readonly Verdict[]): Integrity | null {
  return WORST_FIRST.find((worst) => verdicts.some(({ result }) => result === worst)) ?? null;
}
