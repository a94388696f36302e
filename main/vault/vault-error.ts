import type { KeyringState, VaultFileState } from '@shared/model/vault';

export type VaultProblem = Exclude<KeyringState, 'ok'> | Exclude<VaultFileState, 'open' | 'unused'>;

/** Credentials cannot be reached; `reason` says why in one word. Whether there is one is not known then. */
export class VaultError extends Error {
  readonly reason: VaultProblem;

  constructor(reason: VaultProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VaultError';
    this.reason = reason;
  }
}
