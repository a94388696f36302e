import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { settingsSchema } from '@shared/model/settings';
import { systemClock } from '@main/clock/system-clock';
import { AlsaScanner } from '@main/devices/alsa-scan';
import { DeviceRegistry } from '@main/devices/registry';
import { createEventBus } from '@main/events/bus';
import { readProfileSeeds } from '@main/profiles/profile-seeds';
import { ProfileStore } from '@main/profiles/profile-store';
import { fakeMachine } from '../../support/file-tree';
import { recordingLogger } from '../../support/recording-logger';
import { stationDatabase } from '../../support/station-database';

const NOTHING = 'proc/asound/cards: --- no soundcards ---';

async function station(fixture?: string) {
  const machine = fakeMachine(fixture);
  const scanner = new AlsaScanner(machine);
  const connection = stationDatabase();
  const bus = createEventBus();
  const shared = { connection, clock: systemClock, bus, logger: recordingLogger() };
  const profiles = new ProfileStore(shared);
  profiles.seed(await readProfileSeeds(resolve('resources/profiles')));
  const settings = settingsSchema.parse({});
  const registry = new DeviceRegistry({
    ...shared,
    scan: (deep) => scanner.scan(deep),
    profiles: () => profiles.profiles(),
    settings: () => settings,
  });
  await registry.start();
  onTestFinished(() => registry.stop());
  const next = (): Promise<number> => {
    const from = performance.now();
    return new Promise((done) =>
      bus.once('device.changed', () => {
        done(performance.now() - from);
      }),
    );
  };
  return { machine, registry, profiles, next, connection };
}

describe('a machine whose microphones come and go', () => {
  it('shows a microphone within a second of its plugging', async () => {
    const { machine, registry, next } = await station();
    machine.add(NOTHING);
    expect(registry.list()).toEqual([]);
    const changed = next();
    const { readFileSync } = await import('node:fs');
    machine.add(readFileSync(resolve('test/support/fixtures/alsa/pi5-audiomoth.tree'), 'utf8'));
    expect(await changed).toBeLessThan(1200);
    expect(registry.list()).toMatchObject([
      {
        name: '16d0-06f3-0384_2453800264933F8F',
        profileSlug: 'audiomoth_usb',
        enrollment: 'enrolled',
      },
    ]);
  });

  it('calls it offline some seconds after it was pulled, and uses it again when it is back', async () => {
    const { machine, registry, next } = await station('pi5-audiomoth');
    const [before] = registry.list();
    const gone = next();
    machine.add(NOTHING);
    const took = await gone;
    expect(took).toBeGreaterThan(2500);
    expect(took).toBeLessThan(4500);
    expect(registry.list()[0]?.presence).toBe('offline');
    const back = next();
    machine.add(
      'proc/asound/cards:\n|  0 [Microphone     ]: USB-Audio - 384kHz AudioMoth USB Microphone\n|                       x at usb-xhci-hcd.0-1, full speed',
    );
    await back;
    expect(registry.list()).toMatchObject([{ presence: 'online', workspace: before?.workspace }]);
  });

  it.each([
    ['pi5-audiomoth', [['16d0-06f3-0384_2453800264933F8F', 'audiomoth_usb', 'enrolled']]],
    [
      'pi-ultramics',
      [
        ['0869-0308-port1-1.4', 'ultramic_192k', 'enrolled'],
        ['0869-0389-00000000034F', 'ultramic_384_evo', 'enrolled'],
      ],
    ],
    ['pi4-onboard', [['0d8c-0014-port1-1.4', 'generic_usb', 'enrolled']]],
    ['desktop-umc404hd', [['1397-0509-port1-4', 'behringer_umc404hd', 'enrolled']]],
    ['desktop-umc204hd', [['1397-0508-port1-13', 'behringer_uphoria', 'enrolled']]],
    ['desktop-rode-nt-usb', [['19f7-0003-port1-3', 'rode_nt_usb', 'enrolled']]],
    ['desktop-scarlett', [['1235-8214-F9J90ZJ2108A9F', 'focusrite_scarlett', 'pending']]],
    ['desktop-webcam', [['046d-082d-0F9C44AF', 'generic_usb', 'pending']]],
    ['desktop-capture-stick', [['2040-4200-port1-5', 'generic_usb', 'pending']]],
  ])('knows what to do with the microphones of %s', async (fixture, expected) => {
    const { registry } = await station(fixture);
    const found = registry
      .list()
      .map((device) => [device.name, device.profileSlug, device.enrollment]);
    expect(found).toEqual(expected);
  });

  it('keeps a profile in use from being deleted', async () => {
    const { registry, profiles } = await station('pi5-audiomoth');
    const [device] = registry.list();
    profiles.create({ ...profiles.get('generic_usb').profile, slug: 'mine', name: 'Mine' });
    registry.setProfile(device?.name ?? '', 'mine');
    expect(() => profiles.remove('mine')).toThrow('A microphone uses the profile "mine".');
  });
});
