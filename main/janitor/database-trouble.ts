import { ThreadError } from './janitor-thread';

/** Did the database not answer? Anything else says nothing about it. */
export function isDatabaseTrouble(error: unknown): boolean {
  if (error instanceof ThreadError) return error.code?.startsWith('SQLITE_') === true;
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('SQLITE_')
  );
}
