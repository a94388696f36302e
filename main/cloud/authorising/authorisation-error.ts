/**
 * - `busy` somebody authorises already: rclone listens at one fixed address
 * - `refused` the person or the provider said no
 * - `late` nobody logged in
 * - `unusable` what was pasted, or given, is no token that lasts
 * - `failed` anything else; the message says what
 */
type AuthorisationProblem = 'busy' | 'refused' | 'late' | 'unusable' | 'failed';

/** A station was not let in by Google or Microsoft. The message holds no secrets. */
export class AuthorisationError extends Error {
  readonly problem: AuthorisationProblem;

  constructor(problem: AuthorisationProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthorisationError';
    this.problem = problem;
  }
}
