import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Schedule } from '@shared/model/schedule';
import { settingsSchema } from '@shared/model/settings';
import type { Connection } from '@main/database/connection';
import { DeviceRegistry } from '@main/devices/registry';
import { createEventBus } from '@main/events/bus';
import { readProfileSeeds } from '@main/profiles/profile-seeds';
import { ProfileStore } from '@main/profiles/profile-store';
import { FakeClock } from '../../support/fake-clock';
import { fakeMachine } from '../../support/file-tree';
import { recordingLogger } from '../../support/recording-logger';
import { openAgain, stationDatabase } from '../../support/station-database';
import { AlsaScanner } from '@main/devices/alsa-scan';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NIGHTS: Schedule = {
  kind: 'sun',
  windows: [
    { from: { event: 'dusk', offsetMinutes: -30 }, to: { event: 'dawn', offsetMinutes: 30 } },
  ],
};

const seeds = await readProfileSeeds(resolve('resources/profiles'));

/** A registry on a real database; a second one on the same file is what a restart is. */
function registryOn(connection: Connection, machine = fakeMachine()) {
  const clock = new FakeClock();
  const bus = createEventBus();
  const profiles = new ProfileStore({ connection, clock, bus, logger: recordingLogger() });
  profiles.seed(seeds);
  const scanner = new AlsaScanner(machine);
  const settings = settingsSchema.parse({});
  const changes: string[] = [];
  bus.on('device.changed', ({ name }) => changes.push(name));
  const registry = new DeviceRegistry({
    connection,
    clock,
    bus,
    logger: recordingLogger(),
    scan: (deep) => scanner.scan(deep),
    profiles: () => profiles.profiles(),
    settings: () => settings,
  });
  onTestFinished(() => registry.stop());
  return { registry, clock, changes };
}

async function withDevice() {
  const connection = stationDatabase();
  const world = registryOn(connection);
  await world.registry.ensureSimulated(1, 'generic_usb');
  world.changes.length = 0;
  const row = (): unknown =>
    connection.sqlite
      .prepare('select schedule, paused_until_ms from devices where name = ?')
      .get('sim-1');
  return {
    ...world,
    connection,
    row,
    restarted: () => registryOn(openAgain(connection.sqlite.name)),
  };
}

describe('a schedule', () => {
  it('of a new device is always', async () => {
    const { registry } = await withDevice();
    expect(registry.get('sim-1')).toMatchObject({
      schedule: { kind: 'always' },
      pausedUntil: null,
    });
  });

  it('is stored, told once, and survives a restart', async () => {
    const { registry, changes, restarted } = await withDevice();
    expect(registry.setSchedule('sim-1', NIGHTS).schedule).toEqual(NIGHTS);
    registry.setSchedule('sim-1', structuredClone(NIGHTS));
    expect(changes).toEqual(['sim-1']);
    expect(restarted().registry.get('sim-1').schedule).toEqual(NIGHTS);
  });

  it('is the same object as long as it is the same, so that what follows from it can be kept', async () => {
    const { registry } = await withDevice();
    registry.setSchedule('sim-1', NIGHTS);
    expect(registry.list()[0]?.schedule).toBe(registry.list()[0]?.schedule);
    registry.setEnabled('sim-1', false);
    expect(registry.get('sim-1').schedule).toBe(NIGHTS);
  });

  it('stays with a microphone that is pulled, and is there when it is back', async () => {
    const connection = stationDatabase();
    const machine = fakeMachine('pi5-audiomoth');
    const first = registryOn(connection, machine);
    await first.registry.start();
    const [device] = first.registry.list();
    first.registry.setSchedule(device!.name, NIGHTS);
    await first.registry.stop();
    machine.add('proc/asound/cards: --- no soundcards ---');
    const second = registryOn(openAgain(connection.sqlite.name), machine);
    await second.registry.start();
    expect(second.registry.get(device!.name)).toMatchObject({
      presence: 'offline',
      schedule: NIGHTS,
    });
  });

  it.each(['setSchedule', 'pause', 'resume'] as const)(
    '%s of a device that is not there is refused',
    async (what) => {
      const { registry, clock } = await withDevice();
      const act = {
        setSchedule: () => registry.setSchedule('sim-9', NIGHTS),
        pause: () => registry.pause('sim-9', clock.wallMs() + HOUR_MS),
        resume: () => registry.resume('sim-9'),
      };
      expect(act[what]).toThrow('There is no device "sim-9".');
    },
  );
});

describe('a pause', () => {
  it('is a deadline that survives a restart, and nobody has to write for it to be over', async () => {
    const { registry, clock, changes, row, restarted } = await withDevice();
    const until = clock.wallMs() + 2 * HOUR_MS;
    expect(registry.pause('sim-1', until).pausedUntil).toBe(new Date(until).toISOString());
    expect(changes).toEqual(['sim-1']);
    const stored = row();
    expect(restarted().registry.get('sim-1').pausedUntil).toBe(new Date(until).toISOString());
    await clock.advance(3 * HOUR_MS);
    expect(registry.get('sim-1').pausedUntil).toBe(new Date(until).toISOString());
    expect(row()).toEqual(stored);
    expect(changes).toEqual(['sim-1']);
  });

  it.each([
    ['now', 0],
    ['before', -1],
    ['more than a week ahead', 7 * DAY_MS + 1],
    ['never', Number.NaN],
    ['without end', Infinity],
  ])('that ends %s is refused, and the one that holds goes on', async (_, aheadMs) => {
    const { registry, clock, row } = await withDevice();
    registry.pause('sim-1', clock.wallMs() + HOUR_MS);
    const before = row();
    expect(() => registry.pause('sim-1', clock.wallMs() + aheadMs)).toThrow(
      /^until: expected an instant ahead/,
    );
    expect(row()).toEqual(before);
  });

  it('of a week is taken; a later one replaces it', async () => {
    const { registry, clock } = await withDevice();
    registry.pause('sim-1', clock.wallMs() + 7 * DAY_MS);
    const sooner = clock.wallMs() + HOUR_MS;
    expect(registry.pause('sim-1', sooner).pausedUntil).toBe(new Date(sooner).toISOString());
  });

  it('is ended by a person, for good; ending it again changes nothing', async () => {
    const { registry, clock, changes, restarted } = await withDevice();
    registry.pause('sim-1', clock.wallMs() + HOUR_MS);
    expect(registry.resume('sim-1').pausedUntil).toBeNull();
    expect(registry.resume('sim-1').pausedUntil).toBeNull();
    expect(changes).toEqual(['sim-1', 'sim-1']);
    expect(restarted().registry.get('sim-1').pausedUntil).toBeNull();
  });
});
