import { messageOf } from '../error-message';
import { errorCode } from '../files/error-code';

/** A recording's own file cannot be read: that one is not exported, the others are. */
export class SourceError extends Error {
  /** The system's, e.g. `ENOENT`. */
  readonly code: string;

  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'SourceError';
    this.code = errorCode(cause);
  }
}
