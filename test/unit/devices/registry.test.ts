import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CaptureOffer } from '@shared/model/device';
import { profileSchema, type Profile } from '@shared/model/profile';
import { settingsSchema } from '@shared/model/settings';
import { auditLog, microphoneProfiles } from '@main/database/schema';
import type { CaptureCard, UsbFacts } from '@main/devices/capture-card';
import { DeviceRegistry } from '@main/devices/registry';
import { createEventBus } from '@main/events/bus';
import { FakeClock, settle } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { stationDatabase } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';

function profile(slug: string, match: Partial<Profile['audio']['match']> = {}): Profile {
  return profileSchema.parse({
    slug,
    name: slug,
    audio: { sample_rate: 48_000, channels: 1, format: 'S16LE', match },
  });
}

const PROFILES = [
  profile('generic_usb'),
  profile('ultramic_384_evo', { usb_vendor_id: '0869', usb_product_id: ['0389'] }),
  profile('moth', { alsa_name_contains: 'AudioMoth' }),
];

function card(
  index: number,
  usb: Partial<UsbFacts> = {},
  more: Partial<CaptureCard> = {},
): CaptureCard {
  return {
    index,
    id: `Mic${String(index)}`,
    name: 'UltraMic384K_EVO 16bit r0',
    longName: 'DODOTRONIC UltraMic384K_EVO 16bit r0',
    captureDevice: 0,
    offers: null,
    usb: {
      vendorId: '0869',
      productId: '0389',
      serial: `S${String(index)}`,
      busPath: `1-${String(index + 1)}`,
      interfaceNumber: 0,
      manufacturer: 'DODOTRONIC',
      product: 'UltraMic384K_EVO 16bit r0',
      hasVideo: false,
      ...usb,
    },
    ...more,
  };
}

function world(profiles: Profile[] = [...PROFILES]) {
  const connection = stationDatabase();
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const store = (entry: Profile): void => {
    connection.db
      .insert(microphoneProfiles)
      .values({
        slug: entry.slug,
        definition: entry,
        origin: 'seed',
        createdAtMs: 0,
        updatedAtMs: 0,
      })
      .run();
  };
  profiles.forEach(store);
  const state = {
    cards: [] as readonly CaptureCard[],
    settings: settingsSchema.parse({}),
    scanError: null as Error | null,
    deepScans: 0,
    plug: (): void => undefined,
    unwatched: 0,
  };
  const changed: string[] = [];
  bus.on('device.changed', ({ name }) => changed.push(name));
  const registries: DeviceRegistry[] = [];
  const create = (): DeviceRegistry => {
    const registry = new DeviceRegistry({
      connection,
      clock,
      bus,
      logger,
      scan: (deep) => {
        if (deep) state.deepScans += 1;
        return state.scanError === null
          ? Promise.resolve(state.cards)
          : Promise.reject(state.scanError);
      },
      profiles: () => profiles,
      settings: () => state.settings,
      hotplug: (onChange) => {
        state.plug = onChange;
        return Promise.resolve(() => {
          state.unwatched += 1;
          return Promise.resolve();
        });
      },
    });
    registries.push(registry);
    return registry;
  };
  onTestFinished(async () => {
    await Promise.all(registries.map((registry) => registry.stop()));
  });
  const writes = (): number =>
    Number(connection.sqlite.prepare<[], { n: number }>('select total_changes() as n').get()?.n);
  return { connection, clock, bus, logger, state, changed, create, store, profiles, writes };
}

describe('the device registry', () => {
  it('enrols a known microphone within the first scan and says why', async () => {
    const { state, create, changed } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    expect(registry.list()).toMatchObject([
      {
        name: '0869-0389-S0',
        workspace: '0869-0389-S0',
        displayName: 'UltraMic384K_EVO 16bit r0',
        kind: 'usb',
        identityBasis: 'serial',
        presence: 'online',
        enrollment: 'enrolled',
        enabled: true,
        profileSlug: 'ultramic_384_evo',
        pcm: 'hw:CARD=Mic0,DEV=0',
        matchReason: { outcome: 'usb_id', score: 100 },
      },
    ]);
    expect(changed).toEqual(['0869-0389-S0']);
  });

  it('finds a microphone that is plugged in later within a second', async () => {
    const { state, create, clock } = world();
    const registry = create();
    await registry.start();
    state.cards = [card(0)];
    await clock.advance(1000);
    expect(registry.find('0869-0389-S0')?.presence).toBe('online');
  });

  it('looks at once, fully, and often for a moment when USB says that something changed', async () => {
    const { state, create, clock } = world();
    const registry = create();
    await registry.start();
    await settle();
    const before = state.deepScans;
    state.plug();
    await settle();
    expect(state.deepScans).toBe(before + 1);
    // ALSA has the card only a little later.
    state.cards = [card(0)];
    await clock.advance(200);
    expect(registry.find('0869-0389-S0')).toBeDefined();
  });

  it('writes nothing and tells nobody while nothing changes', async () => {
    const { state, create, clock, changed, writes } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    const written = writes();
    const firstSeen = registry.get('0869-0389-S0').lastSeenAt;
    changed.length = 0;
    await clock.advance(30_000);
    state.cards = [card(0)]; // another array that says the same
    await clock.advance(5000);
    expect(writes()).toBe(written);
    expect(changed).toEqual([]);
    const seenForMs = Date.parse(registry.get('0869-0389-S0').lastSeenAt) - Date.parse(firstSeen);
    expect(seenForMs).toBeGreaterThan(30_000); // it did look, all the time
  });

  it('keeps what a card offers over a moment in which it does not tell, and over a restart', async () => {
    const { state, create, clock, changed, writes } = world();
    const offers: CaptureOffer[] = [
      { format: 'S24LE', channels: 2, rates: { min: 8000, max: 96_000 } },
    ];
    state.cards = [card(0, {}, { offers })];
    const registry = create();
    await registry.start();
    expect(registry.get('0869-0389-S0').offers).toEqual(offers);
    const written = writes();
    changed.length = 0;
    state.cards = [card(0, {}, { offers: null })];
    await clock.advance(2000);
    state.cards = [card(0, {}, { offers })];
    await clock.advance(2000);
    expect(registry.get('0869-0389-S0').offers).toEqual(offers);
    expect(writes()).toBe(written);
    expect(changed).toEqual([]);

    await registry.stop();
    state.cards = [card(0, {}, { offers: null })];
    const later = create();
    await later.start();
    expect(later.get('0869-0389-S0').offers).toEqual(offers);
  });

  it('takes over what a card offers now, once', async () => {
    const { state, create, clock, changed } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    expect(registry.get('0869-0389-S0').offers).toBeNull();
    changed.length = 0;
    state.cards = [card(0, {}, { offers: [{ format: 'S16LE', channels: 2, rates: [44_100] }] })];
    await clock.advance(30_000);
    expect(registry.get('0869-0389-S0').offers).toEqual([
      { format: 'S16LE', channels: 2, rates: [44_100] },
    ]);
    expect(changed).toEqual(['0869-0389-S0']);
  });

  it('does not take the offers of the card that had this number before for those of another', async () => {
    const { state, create, clock } = world();
    const offers: CaptureOffer[] = [{ format: 'S16LE', channels: 2, rates: [44_100] }];
    state.cards = [card(0, {}, { usb: null, name: 'One', offers })];
    const registry = create();
    await registry.start();
    expect(registry.get('alsa-card0').offers).toEqual(offers);
    state.cards = [card(0, {}, { usb: null, name: 'Another', offers: null })];
    await clock.advance(1000);
    expect(registry.get('alsa-card0')).toMatchObject({ alsaName: 'Another', offers: null });
  });

  it('counts a short absence as a flap and tears nothing down', async () => {
    const { state, create, clock } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    state.cards = [];
    await clock.advance(2000);
    expect(registry.get('0869-0389-S0')).toMatchObject({ presence: 'online', flaps: 0 });
    state.cards = [card(0)];
    await clock.advance(1000);
    expect(registry.get('0869-0389-S0')).toMatchObject({ presence: 'online', flaps: 1 });
  });

  it('calls a microphone offline after the grace period, and takes it back with row and folder', async () => {
    const { state, create, clock, changed } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    const before = registry.get('0869-0389-S0');
    state.cards = [];
    await clock.advance(1000 + 3000);
    expect(registry.get('0869-0389-S0')).toMatchObject({
      presence: 'offline',
      pcm: null,
      flaps: 0,
    });
    changed.length = 0;
    state.cards = [card(5, { serial: 'S0', busPath: '1-4' })];
    await clock.advance(1000);
    expect(registry.list()).toHaveLength(1);
    expect(registry.get('0869-0389-S0')).toMatchObject({
      presence: 'online',
      workspace: before.workspace,
      firstSeenAt: before.firstSeenAt,
      pcm: 'hw:CARD=Mic5,DEV=0',
      usbBusPath: '1-4',
    });
    expect(changed).toEqual(['0869-0389-S0']);
  });

  it('gives up the place of a microphone at once when another one has taken its ALSA name', async () => {
    const { state, create, clock } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    state.cards = [card(0, { serial: 'OTHER' })];
    await clock.advance(1000);
    expect(registry.get('0869-0389-S0')).toMatchObject({ presence: 'offline', pcm: null });
    expect(registry.get('0869-0389-OTHER').pcm).toBe('hw:CARD=Mic0,DEV=0');
  });

  it('knows twins by their ports, with what was decided for the first, and goes on doing so', async () => {
    const { state, create, clock } = world();
    state.cards = [card(0, { serial: 'SAME' })];
    const registry = create();
    await registry.start();
    registry.setEnabled('0869-0389-SAME', false);
    state.cards = [card(0, { serial: 'SAME' }), card(1, { serial: 'SAME' })];
    await clock.advance(1000);
    expect(
      registry.list().map((device) => [device.name, device.ambiguous, device.presence]),
    ).toEqual([
      ['0869-0389-port1-1', true, 'online'],
      ['0869-0389-port1-2', true, 'online'],
      ['0869-0389-SAME', false, 'offline'],
    ]);
    expect(registry.get('0869-0389-port1-1').enabled).toBe(false);
    state.cards = [card(1, { serial: 'SAME' })];
    await clock.advance(10_000);
    expect(registry.get('0869-0389-port1-2').presence).toBe('online');
    expect(registry.get('0869-0389-SAME').presence).toBe('offline');
  });

  it('never overwrites what a person decided', async () => {
    const { state, create, clock, bus, profiles, store } = world();
    state.cards = [card(0), card(1), card(2)];
    const registry = create();
    await registry.start();
    registry.setProfile('0869-0389-S0', 'generic_usb');
    registry.ignore('0869-0389-S1');
    registry.setEnabled('0869-0389-S2', false);
    state.cards = [];
    await clock.advance(10_000);
    state.cards = [card(3, { serial: 'S0' }), card(4, { serial: 'S1' }), card(5, { serial: 'S2' })];
    const extra = profile('extra', { usb_vendor_id: '0869', usb_product_id: ['0389'] });
    store(extra);
    profiles.push(extra);
    bus.emit('profile.changed', { slug: 'extra' });
    await clock.advance(5000);
    expect(registry.get('0869-0389-S0')).toMatchObject({
      profileSlug: 'generic_usb',
      matchReason: { outcome: 'user' },
    });
    expect(registry.get('0869-0389-S1').enrollment).toBe('ignored');
    expect(registry.get('0869-0389-S2').enabled).toBe(false);
  });

  it('does not stop a recording microphone because a second profile fits it', async () => {
    const { state, create, clock, bus, profiles, store } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    const copy = profile('my_copy', { usb_vendor_id: '0869', usb_product_id: ['0389'] });
    store(copy);
    profiles.push(copy);
    bus.emit('profile.changed', { slug: 'my_copy' });
    await clock.advance(1000);
    expect(registry.get('0869-0389-S0')).toMatchObject({
      enrollment: 'enrolled',
      profileSlug: 'ultramic_384_evo',
    });
  });

  it('matches again when a fitting profile appears', async () => {
    const { state, create, bus, profiles, store } = world();
    state.cards = [card(0, { vendorId: '1234', productId: '0001' })];
    const registry = create();
    await registry.start();
    expect(registry.list()[0]).toMatchObject({
      profileSlug: 'generic_usb',
      matchReason: { outcome: 'fallback' },
    });
    const mine = profile('mine', { usb_vendor_id: '1234', usb_product_id: ['0001'] });
    store(mine);
    profiles.push(mine);
    bus.emit('profile.changed', { slug: 'mine' });
    await settle();
    expect(registry.list()[0]).toMatchObject({
      profileSlug: 'mine',
      matchReason: { outcome: 'usb_id' },
    });
  });

  it('enrols what waited when automatic enrolment is switched on', async () => {
    const { state, create, bus } = world();
    state.settings = settingsSchema.parse({ system: { auto_enrollment: false } });
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    expect(registry.get('0869-0389-S0').enrollment).toBe('pending');
    state.settings = settingsSchema.parse({});
    bus.emit('settings.changed', { keys: ['system.auto_enrollment'] });
    await settle();
    expect(registry.get('0869-0389-S0').enrollment).toBe('enrolled');
  });

  it('survives a failing scan and a failing database, and makes up for both', async () => {
    const { state, create, clock, connection, logger } = world();
    const registry = create();
    await registry.start();
    state.scanError = new Error('EIO');
    await clock.advance(3000);
    expect(registry.status()).toMatchObject({
      state: 'degraded',
      details: 'Scanning for microphones fails: EIO',
    });
    expect(logger.events().filter((event) => event === 'devices.scan_failed')).toHaveLength(1);
    state.scanError = null;
    state.cards = [card(0)];
    connection.sqlite.pragma('query_only = on');
    await clock.advance(1000);
    // What is there is there, whether or not the disk can take it.
    expect(registry.get('0869-0389-S0').presence).toBe('online');
    expect(registry.status().state).toBe('degraded');
    connection.sqlite.pragma('query_only = off');
    await clock.advance(1000);
    expect(registry.status().state).toBe('ok');
    expect(connection.sqlite.prepare('select name from devices').all()).toEqual([
      { name: '0869-0389-S0' },
    ]);
  });

  it('stops promptly, ends its watch, and starts again', async () => {
    const { state, create, clock, connection } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    await registry.start();
    await settle();
    await clock.advance(5000);
    const lastSeen = Date.parse(registry.get('0869-0389-S0').lastSeenAt);
    await registry.stop();
    await registry.stop();
    expect(state.unwatched).toBe(1);
    expect(clock.sleeping).toBe(0);
    expect(registry.status().state).toBe('stopped');
    expect(connection.sqlite.prepare('select last_seen_at_ms as at from devices').get()).toEqual({
      at: lastSeen,
    });
    await registry.start();
    expect(registry.status().state).toBe('ok');
  });

  it('knows after a restart what it knew, and that a microphone went away meanwhile', async () => {
    const { state, create, changed } = world();
    state.cards = [card(0), card(1)];
    const first = create();
    await first.start();
    first.setProfile('0869-0389-S0', 'moth');
    await first.stop();
    changed.length = 0;
    state.cards = [card(0)];
    const second = create();
    expect(second.list()).toHaveLength(2);
    await second.start();
    expect(second.get('0869-0389-S0').profileSlug).toBe('moth');
    expect(second.get('0869-0389-S1').presence).toBe('offline');
    expect(changed).toEqual(['0869-0389-S1']);
  });

  it('shows a webcam but records it only if a person says so', async () => {
    const { state, create, clock } = world();
    state.cards = [card(0, { vendorId: '046d', productId: '082d', hasVideo: true })];
    const registry = create();
    await registry.start();
    expect(registry.get('046d-082d-S0')).toMatchObject({
      enrollment: 'pending',
      matchReason: { outcome: 'not_for_capture' },
    });
    registry.enroll('046d-082d-S0');
    state.cards = [];
    await clock.advance(5000);
    state.cards = [card(0, { vendorId: '046d', productId: '082d', hasVideo: true })];
    await clock.advance(2000);
    expect(registry.get('046d-082d-S0')).toMatchObject({
      enrollment: 'enrolled',
      matchReason: { outcome: 'user' },
    });
  });

  it('answers a request twice as it does once', async () => {
    const { state, create, changed, writes } = world();
    state.cards = [card(0, { vendorId: 'ffff' }, { name: 'AudioMoth', longName: '' })];
    const registry = create();
    await registry.start();
    const name = 'ffff-0389-S0';
    expect(registry.get(name)).toMatchObject({ enrollment: 'pending', profileSlug: 'moth' });
    changed.length = 0;
    const once = [
      registry.enroll(name),
      registry.setProfile(name, 'generic_usb'),
      registry.setEnabled(name, false),
    ];
    const written = writes();
    const twice = [
      registry.enroll(name),
      registry.setProfile(name, 'generic_usb'),
      registry.setEnabled(name, false),
    ];
    expect(twice.at(-1)).toEqual(once.at(-1));
    expect(writes()).toBe(written);
    expect(changed).toHaveLength(3);
    registry.ignore(name);
    registry.ignore(name);
    expect(registry.enroll(name).enrollment).toBe('enrolled');
  });

  it('refuses what does not exist', () => {
    const registry = world().create();
    expect(() => registry.get('none')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', data: { what: 'device', id: 'none' } }),
    );
    expect(() => registry.enroll('none')).toThrow('There is no device "none".');
    expect(() => registry.setProfile('none', 'x')).toThrow('There is no device "none".');
    expect(() => registry.addAlsa({ pcm: 'hw:0', profileSlug: 'none' })).toThrow(
      'There is no profile "none".',
    );
    expect(registry.find('none')).toBeUndefined();
    expect(registry.remove('none')).toBe(false);
  });

  it('decides nothing about what imports are of', () => {
    const registry = world().create();
    const before = registry.ensureImported({ name: 'moth', displayName: 'AudioMoth' });
    const isNone = expect.objectContaining({
      code: 'NOT_FOUND',
      message: '"moth" is no microphone of this station: its recordings were imported.',
    }) as Error;
    expect(() => registry.setEnabled('moth', true)).toThrow(isNone);
    expect(() => registry.pause('moth', Date.now())).toThrow(isNone);
    expect(() => registry.resume('moth')).toThrow(isNone);
    expect(() => registry.setSchedule('moth', { kind: 'always' })).toThrow(isNone);
    expect(() => registry.enroll('moth')).toThrow(isNone);
    expect(() => registry.ignore('moth')).toThrow(isNone);
    expect(registry.get('moth')).toEqual(before);
  });

  it('does not remove real hardware', async () => {
    const { state, create } = world();
    state.cards = [card(0)];
    const registry = create();
    await registry.start();
    expect(() => registry.remove('0869-0389-S0')).toThrow(
      expect.objectContaining({
        code: 'CONFLICT',
        data: { reason: 'not_removable', id: '0869-0389-S0' },
      }),
    );
  });
});

describe('simulated microphones', () => {
  it('are made until there are as many as asked for, also on the second call', async () => {
    const { create, clock } = world();
    const registry = create();
    const first = await registry.ensureSimulated(3);
    expect(first.map((device) => [device.name, device.profileSlug, device.kind])).toEqual([
      ['sim-1', 'ultramic_384_evo', 'simulated'],
      ['sim-2', 'generic_usb', 'simulated'],
      ['sim-3', 'ultramic_384_evo', 'simulated'],
    ]);
    expect(first[0]).toMatchObject({
      presence: 'online',
      enrollment: 'enrolled',
      pcm: null,
      simulatedSource: 'sweep',
      displayName: 'Simulated microphone 1',
    });
    expect(await registry.ensureSimulated(2)).toHaveLength(3);
    await registry.start();
    await clock.advance(20_000);
    expect(registry.list().map((device) => device.presence)).toEqual([
      'online',
      'online',
      'online',
    ]);
    expect(await create().ensureSimulated(3)).toHaveLength(3);
  });

  it('come back with their folder when they are asked for again', async () => {
    const { create } = world();
    const registry = create();
    const before = await registry.ensureSimulated(2, 'generic_usb');
    expect(registry.remove('sim-1')).toBe(true);
    expect(registry.remove('sim-1')).toBe(false);
    expect(registry.list().map((device) => device.name)).toEqual(['sim-2']);
    const again = await registry.addSimulated({ profileSlug: 'generic_usb', source: 'sweep' });
    expect(again).toMatchObject({
      name: 'sim-1',
      workspace: before[0]!.workspace,
      firstSeenAt: before[0]!.firstSeenAt,
    });
    registry.remove('sim-2');
    expect((await registry.ensureSimulated(2)).map((device) => device.name)).toEqual([
      'sim-1',
      'sim-2',
    ]);
  });

  it('play a file only if it lies there, readable, at an absolute path', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'bat.wav');
    writeFileSync(file, 'x');
    mkdirSync(join(folder, 'sub'));
    const registry = world().create();
    const add = (path?: string) =>
      registry.addSimulated({ profileSlug: 'generic_usb', source: 'file', file: path });
    expect(await add(file)).toMatchObject({ simulatedSource: 'file', simulatedFile: file });
    const problem = (text: string): unknown =>
      expect.objectContaining({ code: 'INVALID_VALUE', data: { path: 'file', problem: text } });
    await expect(add('bat.wav')).rejects.toEqual(problem('expected an absolute path'));
    await expect(add(join(folder, 'none.wav'))).rejects.toEqual(
      problem(`${folder}/none.wav does not exist`),
    );
    await expect(add(join(folder, 'sub'))).rejects.toEqual(problem(`${folder}/sub is not a file`));
    await expect(add()).rejects.toEqual(problem('expected a path'));
    await expect(
      registry.addSimulated({ profileSlug: 'generic_usb', source: 'noise', file }),
    ).rejects.toEqual(problem('not used by "noise"'));
    expect(registry.list()).toHaveLength(1);
  });
});

describe('a microphone added by its ALSA PCM name', () => {
  it('is the same device each time', () => {
    const { create, changed } = world();
    const registry = create();
    const device = registry.addAlsa({ pcm: 'hw:CARD=sndrpii2scard,DEV=0', displayName: 'Hat' });
    expect(device).toMatchObject({
      kind: 'alsa',
      identityBasis: 'manual',
      pcm: 'hw:CARD=sndrpii2scard,DEV=0',
      displayName: 'Hat',
      profileSlug: 'generic_usb',
      enrollment: 'enrolled',
      presence: 'online',
      matchReason: { outcome: 'added' },
    });
    expect(device.name).toMatch(/^alsa-hw_CARD_sndrpii2scard_DEV_0-[0-9a-f]{12}$/);
    expect(registry.addAlsa({ pcm: 'hw:CARD=sndrpii2scard,DEV=0' })).toEqual(device);
    expect(changed).toEqual([device.name]);
    expect(registry.addAlsa({ pcm: 'mic384' }).name).toBe('alsa-mic384');
    expect(registry.addAlsa({ pcm: 'card3' }).name).not.toBe('alsa-card3');
  });

  it('comes back with its row and folder after it was removed', () => {
    const { create } = world();
    const registry = create();
    const device = registry.addAlsa({ pcm: 'mic384' });
    registry.remove(device.name);
    expect(() => registry.get(device.name)).toThrow();
    const again = registry.addAlsa({ pcm: 'mic384', profileSlug: 'moth' });
    expect(again).toMatchObject({
      name: device.name,
      workspace: device.workspace,
      profileSlug: 'moth',
    });
    expect(create().list()).toHaveLength(1);
  });
});

describe('what a person decides', () => {
  it('is written down with who did, what was before, and when; what changes nothing is not', async () => {
    const { create, connection, clock, logger } = world();
    const registry = create();
    const { name } = await registry.addSimulated({ profileSlug: 'generic_usb', source: 'sweep' });
    const until = clock.wallMs() + 60_000;
    registry.setEnabled(name, false, 'page');
    registry.setEnabled(name, false, 'page');
    registry.setEnabled(name, true, 'command_line');
    registry.pause(name, until, 'page');
    registry.resume(name, 'page');
    registry.setSchedule(
      name,
      { kind: 'hours', windows: [{ from: '18:00', to: '06:00' }] },
      'page',
    );
    registry.ignore(name, 'command_line');
    registry.enroll(name, 'page');
    registry.setProfile(name, 'moth', 'page');
    registry.remove(name, 'page');
    const rows = connection.db.select().from(auditLog).all();
    expect(rows.map(({ actor, action, oldValue }) => [actor, action, oldValue])).toEqual([
      ['page', 'recorder.stop', true],
      ['command_line', 'recorder.start', false],
      ['page', 'recorder.pause', null],
      ['page', 'recorder.resume', new Date(until).toISOString()],
      ['page', 'recorder.set_schedule', { kind: 'always' }],
      ['command_line', 'device.ignore', 'enrolled'],
      ['page', 'device.enroll', 'ignored'],
      ['page', 'device.set_profile', 'generic_usb'],
      ['page', 'device.remove', null],
    ]);
    expect(rows.every((row) => row.subject === name && row.atMs === clock.wallMs())).toBe(true);
    expect(logger.events().filter((event) => event === 'device.decided')).toHaveLength(9);
  });
});
