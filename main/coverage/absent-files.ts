import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AbsentFile } from '@shared/model/coverage';
import { orNothing } from '../files/absent';
import { errorCode } from '../files/error-code';
import { InvalidValueError } from '../request-error';
import type { FileRow } from './coverage-rows';

/** Looked at in one go: nobody else's reads wait behind ninety thousand of these. */
const AT_ONCE = 64;

/**
 * Which of these files are not on the disk as they are in the database? Sizes are compared, contents are not read.
 * @param root the data folder
 * @returns why, by recording
 * @throws InvalidValueError when nobody can tell
 */
export async function absentFiles(
  root: string,
  files: readonly FileRow[],
): Promise<Map<number, AbsentFile>> {
  const absent = new Map<number, AbsentFile>();
  for (let i = 0; i < files.length; i += AT_ONCE) {
    const some = files.slice(i, i + AT_ONCE);
    const states = await Promise.all(some.map((file) => stateOf(root, file)));
    some.forEach(({ recordingId }, n) => {
      const state = states[n] ?? null;
      if (state !== null) absent.set(recordingId, state);
    });
  }
  return absent;
}

async function stateOf(root: string, file: FileRow): Promise<AbsentFile | null> {
  if (file.deleted) return 'removed';
  try {
    const info = await orNothing(lstat(join(root, file.path)));
    return info?.isFile() === true && info.size === file.sizeBytes ? null : 'missing';
  } catch (error) {
    const code = errorCode(error);
    throw new InvalidValueError('to', `${file.path} cannot be looked at (${code}); try again`);
  }
}
