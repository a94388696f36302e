// Run by the vault's integration test under plain Node: tests the real keyring, prints what came of it as JSON.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@main/clock/system-clock';
import { openVault } from '@main/vault/open-vault';

const folder = mkdtempSync(join(tmpdir(), 'vault-probe-'));
const open = (stationId: string) =>
  openVault({
    clock: systemClock,
    stationId,
    file: join(folder, `${stationId}.json`),
    key: { environment: 'a key', keyFile: join(folder, 'key') },
    usable: () => true,
  });
const vault = open('one');
const status = await vault.test();
const steps: unknown[] = [];
if (status.backend === 'keyring') {
  await vault.set('probe', 'first');
  steps.push(await vault.set('probe', 'sécret 🦇'));
  steps.push(await vault.get('probe'), await open('two').get('probe'));
  await vault.delete('probe');
  steps.push(await vault.get('probe'));
}

/** The keyring's process, by the bus. */
function keyringPid(): number {
  const bus = ['--session', '--print-reply=literal', '--dest=org.freedesktop.DBus', '/'];
  const question = 'org.freedesktop.DBus.GetConnectionUnixProcessID';
  const answer = execFileSync('dbus-send', [...bus, question, 'string:org.freedesktop.secrets']);
  return Number(/(\d+)\s*$/.exec(answer.toString())?.[1]);
}

async function untilThere(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isThere(): boolean {
  try {
    return keyringPid() > 0;
  } catch {
    return false;
  }
}

const restarted: unknown[] = [];
if (process.argv[2] === 'restart') {
  await vault.set('before', '1');
  process.kill(keyringPid(), 'SIGKILL');
  await untilThere(() => !isThere());
  const args = ['--foreground', '--unlock', '--components=secrets'];
  const keyring = spawn('gnome-keyring-daemon', args, { stdio: ['pipe', 'ignore', 'ignore'] });
  keyring.stdin.end('test');
  await untilThere(isThere);
  const again = await vault.test();
  restarted.push(
    again.reason,
    again.backend,
    await vault.set('after', '2'),
    await vault.get('after'),
  );
  process.kill(keyringPid(), 'SIGKILL');
  keyring.kill('SIGKILL');
}
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ status, steps, restarted }));
