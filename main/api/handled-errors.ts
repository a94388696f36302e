import { ORPCError } from '@orpc/server';
import { CursorError } from '../recordings/cursor';
import { ReadAborted } from '../recordings/read-thread';
import {
  ConflictError,
  InvalidValueError,
  NotAvailableError,
  NotFoundError,
} from '../request-error';

/** The services' own errors in the contract's words; anything else stays what it is. */
export function inContractWords(error: unknown): unknown {
  if (
    error instanceof NotFoundError ||
    error instanceof ConflictError ||
    error instanceof InvalidValueError ||
    error instanceof NotAvailableError
  ) {
    return new ORPCError(error.code, { message: error.message, data: error.data, cause: error });
  }
  if (error instanceof CursorError) {
    const data = { path: 'cursor', problem: error.message };
    return new ORPCError('INVALID_VALUE', { message: error.message, data, cause: error });
  }
  return error;
}

/** Is this neither a wrong request nor an error of the contract's closed list? */
export function isUnforeseen(error: unknown): boolean {
  if (error instanceof ReadAborted) return false; // who asked has gone
  return !(error instanceof ORPCError) || error.code === 'INTERNAL_SERVER_ERROR';
}
