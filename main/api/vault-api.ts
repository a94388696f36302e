import type { CredentialVault } from '../vault/credential-vault';
import { os } from './implementer';

export function vaultApi(vault: CredentialVault) {
  return { test: os.vault.test.handler(() => vault.test()) };
}
