import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line';
import { fakeMachine } from '../../support/file-tree';
import { testStation } from '../../support/test-station';

/** What a device may say of itself: as product and as serial number. */
const NAMES: readonly [string, string][] = [
  ['a line break', 'Mic\n 9 [Fake           ]: USB-Audio - Forged'],
  ['a way out of its folder', '../../../etc/cron.d/x'],
  ['an order to the terminal', '\u001b]0;owned\u0007\u001b[2J\u009b31mred'],
  ['letters from right to left', 'abc\u202egpj.exe\u2066'],
  ['pictures', '🦇🎙️ Fledermaus'],
  ['three hundred characters', 'x'.repeat(300)],
  ['nothing but blanks', '   \t  '],
  ['something like a command', '$(reboot); `reboot` | "quoted" \'too\''],
];

function pluggedIn(name: string) {
  const machine = fakeMachine('pi5-audiomoth');
  const folder = 'sys/devices/platform/hostile/usb9/9-1';
  const lines = (text: string): string => text.split('\n').join('\n| ');
  machine.add(`
proc/asound/cards:
|  3 [Hostile        ]: USB-Audio - ${lines(name)}
|                       by ${lines(name)} at usb-0000:00:14.0-1, full speed
proc/asound/card3/id: Hostile
proc/asound/card3/pcm0c/
${folder}/idVendor: 16d0
${folder}/idProduct: 06f3
${folder}/product:
| ${lines(name)}
${folder}/serial:
| ${lines(name)}
${folder}/9-1:1.0/sound/card3/id: Hostile
sys/class/sound/card3/device -> ../../../devices/platform/hostile/usb9/9-1/9-1:1.0
`);
  return machine;
}

/** Everything that a terminal could obey. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

describe('a microphone whose name holds', () => {
  it.each(NAMES)('%s does no harm', async (_what, name) => {
    const hardwareRoots = pluggedIn(name);
    // Nothing is to be opened: only how it is named.
    const { station, client, dataDir } = await testStation({ hardwareRoots, ffmpeg: 'false' });
    await station.start();
    const found = await client.devices.list();
    expect(found).toHaveLength(1);
    const [device] = found;
    expect(device?.name).toMatch(/^16d0-06f3-[A-Za-z0-9._-]{1,80}$/);
    expect(device?.workspace).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/);
    expect(device?.workspace).not.toContain('..');
    expect(device?.displayName).not.toMatch(CONTROLS);
    expect(device?.displayName.length).toBeLessThanOrEqual(160);
    expect(device?.displayName.length).toBeGreaterThan(0);

    const { alerts } = await client.station.snapshot();
    for (const { evidence } of alerts) expect(evidence).not.toMatch(CONTROLS);
    await station.stop();
    for (const command of ['devices', 'status', 'alerts']) {
      const { out, exitCode } = await commandLine([command, '--data', dataDir]);
      expect(exitCode).toBe(0);
      for (const line of out) expect(line).not.toMatch(CONTROLS);
    }
    const { out } = await commandLine(['devices', '--data', dataDir, '--json']);
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0] ?? '')).toMatchObject([{ usbSerial: device?.usbSerial }]);
    // A record a line, whatever is in it.
    const log = readFileSync(join(dataDir, 'logs', 'station.log'), 'utf8')
      .trimEnd()
      .split('\n');
    for (const line of log) expect(JSON.parse(line)).toHaveProperty('event');
    expect(
      readdirSync(join(dataDir, 'recorder')).every((entry) => entry === device?.workspace),
    ).toBe(true);
    expect(existsSync(join(dataDir, '..', 'etc'))).toBe(false);
  });
});
