import type { Clock } from '../clock/clock';
import { CredentialVault } from './credential-vault';
import { FileVault } from './file-vault';
import { Keyring } from './keyring';
import { VaultKey, type VaultKeyOptions } from './vault-key';

export interface VaultOptions {
  readonly clock: Clock;
  readonly stationId: string;
  /** e.g. `<data folder>/vault.json` */
  readonly file: string;
  readonly key: VaultKeyOptions;
  /** False while the disk of the data folder is not there. */
  readonly usable: () => boolean;
}

/** The vault of one station: what another station of the same user keeps is not seen. Asks nobody anything yet. */
export function openVault({ clock, stationId, file, key, usable }: VaultOptions): CredentialVault {
  return new CredentialVault(
    new Keyring({ service: `silvasonic-station ${stationId}`, clock }),
    new FileVault({ path: file, key: new VaultKey(key), usable }),
  );
}
