import { describe, expect, it } from 'vitest';
import { profileSchema, type Profile } from '@shared/model/profile';
import { devices } from '@main/database/schema';
import { addedRow } from '@main/devices/added-device';
import { createEventBus } from '@main/events/bus';
import { ProfileStore } from '@main/profiles/profile-store';
import { FakeClock } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { stationDatabase } from '../../support/station-database';

function profile(slug: string, name = slug): Profile {
  return profileSchema.parse({
    slug,
    name,
    audio: { sample_rate: 48_000, channels: 1, format: 'S16LE' },
  });
}

function world(connection = stationDatabase()) {
  const bus = createEventBus();
  const logger = recordingLogger();
  const changed: string[] = [];
  bus.on('profile.changed', ({ slug }) => changed.push(slug));
  const store = new ProfileStore({ connection, clock: new FakeClock(), bus, logger });
  const useBy = (name: string, profileSlug: string, removedAtMs: number | null = null): void => {
    const row = addedRow(
      { kind: 'alsa', pcm: 'x' },
      { name, displayName: name, profileSlug, workspace: name, wallMs: 0 },
    );
    connection.db
      .insert(devices)
      .values({ ...row, removedAtMs })
      .run();
  };
  return { connection, logger, store, changed, useBy };
}

describe('the profile store', () => {
  it('inserts seeds whose slug is new, once', () => {
    const { store, changed } = world();
    expect(store.seed([profile('a'), profile('b')])).toEqual(['a', 'b']);
    expect(store.seed([profile('a'), profile('b'), profile('c')])).toEqual(['c']);
    expect(store.list().map((entry) => [entry.profile.slug, entry.origin])).toEqual([
      ['a', 'seed'],
      ['b', 'seed'],
      ['c', 'seed'],
    ]);
    expect(changed).toEqual(['a', 'b', 'c']);
  });

  it('never overwrites a profile that a person made or changed', () => {
    const { store, connection } = world();
    store.create(profile('mine', 'My own'));
    store.seed([profile('a', 'Seed'), profile('mine', 'Seed')]);
    store.update(profile('a', 'Changed'));
    world(connection).store.seed([profile('a', 'Newer seed'), profile('mine', 'Newer seed')]);
    expect(store.get('a')).toMatchObject({ origin: 'user', profile: { name: 'Changed' } });
    expect(store.get('mine')).toMatchObject({ origin: 'user', profile: { name: 'My own' } });
  });

  it('inserts all seeds or none', () => {
    const { store } = world();
    const broken = { ...profile('b'), name: 1n } as unknown as Profile; // cannot be written as JSON
    expect(() => store.seed([profile('a'), broken])).toThrow();
    expect(store.list()).toEqual([]);
  });

  it('creates, changes and removes a person’s profile', () => {
    const { store, changed } = world();
    expect(store.create(profile('mine'))).toEqual({
      profile: profile('mine'),
      origin: 'user',
      usedBy: [],
    });
    expect(() => store.create(profile('mine'))).toThrow(
      expect.objectContaining({ code: 'CONFLICT', data: { reason: 'already_exists', id: 'mine' } }),
    );
    expect(store.update(profile('mine', 'New')).profile.name).toBe('New');
    expect(store.remove('mine')).toBe(true);
    expect(store.remove('mine')).toBe(false);
    expect(changed).toEqual(['mine', 'mine', 'mine']);
  });

  it('does nothing when a profile is saved unchanged', () => {
    const { store, changed } = world();
    store.seed([profile('a')]);
    changed.length = 0;
    expect(store.update(profile('a')).origin).toBe('seed');
    expect(changed).toEqual([]);
  });

  it('refuses to change or show what is not there', () => {
    const { store } = world();
    const missing: unknown = expect.objectContaining({
      code: 'NOT_FOUND',
      data: { what: 'profile', id: 'none' },
    });
    expect(() => store.get('none')).toThrow(missing);
    expect(() => store.update(profile('none'))).toThrow(missing);
  });

  it('refuses to remove what ships with the station, changed or not', () => {
    const { store } = world();
    store.seed([profile('a'), profile('b')]);
    store.update(profile('b', 'Changed'));
    for (const slug of ['a', 'b']) {
      expect(() => store.remove(slug)).toThrow(
        expect.objectContaining({ data: { reason: 'seeded', id: slug } }),
      );
    }
  });

  it('refuses to remove a profile in use, and says by whom it is used', () => {
    const { store, useBy } = world();
    store.create(profile('mine'));
    useBy('alsa-b', 'mine');
    useBy('alsa-a', 'mine');
    expect(store.get('mine').usedBy).toEqual(['alsa-a', 'alsa-b']);
    expect(() => store.remove('mine')).toThrow(
      expect.objectContaining({ data: { reason: 'in_use', id: 'mine' } }),
    );
    expect(store.get('mine')).toBeDefined();
  });

  it('does not count a removed device as a user', () => {
    const { store, useBy } = world();
    store.create(profile('mine'));
    useBy('alsa-gone', 'mine', 1);
    expect(store.get('mine').usedBy).toEqual([]);
    expect(store.remove('mine')).toBe(true);
  });

  it('passes over a stored profile that is broken, says so once, and lets it be mended', () => {
    const { store, connection, logger } = world();
    store.seed([profile('a'), profile('b')]);
    connection.sqlite
      .prepare(`update microphone_profiles set definition = '{"slug":"a"}' where slug = 'a'`)
      .run();
    expect(store.list().map((entry) => entry.profile.slug)).toEqual(['b']);
    store.list();
    expect(logger.events().filter((event) => event === 'profile.invalid')).toHaveLength(1);
    expect(store.update(profile('a')).profile.slug).toBe('a');
  });
});
