// Run by the vault's integration test under plain Node: tests the real keyring, prints the status as JSON.
import { systemClock } from '@main/clock/system-clock';
import { CredentialVault } from '@main/vault/credential-vault';

const vault = new CredentialVault({ clock: systemClock });
const status = await vault.test();
const steps = [];
if (status.available) {
  await vault.set('probe', 'first');
  await vault.set('probe', 'sécret 🦇');
  steps.push(
    await vault.get('probe'),
    await vault.delete('probe'),
    await vault.get('probe'),
    await vault.delete('probe'),
  );
}
console.log(JSON.stringify({ status, steps }));
