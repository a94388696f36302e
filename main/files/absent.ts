import { errorCode } from './error-code';

/**
 * What was asked of a file, or null when there is no such file. Any other trouble (a disk that answers with an error,
 * too many open files) is thrown on: it says nothing about whether the file is there.
 */
export async function orNothing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
