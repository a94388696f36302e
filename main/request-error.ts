import type { z } from 'zod';
import type { contractErrors } from '@shared/contract/errors';

type Data<Code extends keyof typeof contractErrors> = z.infer<
  (typeof contractErrors)[Code]['data']
>;

/** A request that names something that is not there. */
export class NotFoundError extends Error {
  readonly code = 'NOT_FOUND';
  readonly data: Data<'NOT_FOUND'>;

  /** @param message where another sentence helps more */
  constructor(
    what: Data<'NOT_FOUND'>['what'],
    id: string,
    message = `There is no ${what} "${id}".`,
  ) {
    super(message);
    this.name = 'NotFoundError';
    this.data = { what, id };
  }
}

/** A request that contradicts the present state. */
export class ConflictError extends Error {
  readonly code = 'CONFLICT';
  readonly data: Data<'CONFLICT'>;

  constructor(reason: Data<'CONFLICT'>['reason'], id: string, message: string) {
    super(message);
    this.name = 'ConflictError';
    this.data = { reason, id };
  }
}

/** A request with a value that is not allowed; `path` says which. */
export class InvalidValueError extends Error {
  readonly code = 'INVALID_VALUE';
  readonly data: Data<'INVALID_VALUE'>;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.name = 'InvalidValueError';
    this.data = { path, problem };
  }
}

/** A request for something that this station does not have where it runs. */
export class NotAvailableError extends Error {
  readonly code = 'NOT_AVAILABLE';
  readonly data: Data<'NOT_AVAILABLE'>;

  constructor(reason: Data<'NOT_AVAILABLE'>['reason'], message: string) {
    super(message);
    this.name = 'NotAvailableError';
    this.data = { reason };
  }
}
