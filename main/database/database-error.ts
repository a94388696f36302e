import { StationError } from '../station-error';

/** A failure of SQLite as one sentence for a person; anything else stays what it is. */
export function asDatabaseError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (typeof error.code !== 'string' || !error.code.startsWith('SQLITE_')) return error;
  const message = `The database ${file} cannot be used: ${error.message}`;
  return new StationError('DATABASE_UNUSABLE', message, { cause: error });
}
