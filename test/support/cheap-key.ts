import { type KeyDerivation, newKeyDerivation } from '@main/vault/sealing';

/** For tests that make many vaults: guessed at once, made at once. */
export function cheapKey(): KeyDerivation {
  return { ...newKeyDerivation(), n: 2 };
}
