import { describe, expect, it } from 'vitest';
import type { Settings } from '@shared/model/settings';
import { auditLog, systemConfig } from '@main/database/schema';
import { createEventBus } from '@main/events/bus';
import { parseSettingValue, schemaDefaults, SETTINGS_SECTIONS } from '@main/settings/setting-key';
import { SettingsStore } from '@main/settings/settings-store';
import type { Connection } from '@main/database/connection';
import { FakeClock } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { openAgain, stationDatabase } from '../../support/station-database';

function world(connection: Connection = stationDatabase(), defaults: Settings = schemaDefaults()) {
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const changes: (readonly string[])[] = [];
  bus.on('settings.changed', ({ keys }) => changes.push(keys));
  const store = new SettingsStore({ connection, clock, bus, logger, defaults });
  const stored = (section: string): unknown =>
    connection.db
      .select()
      .from(systemConfig)
      .all()
      .find((row) => row.section === section)?.value;
  const put = (section: string, json: string): void => {
    connection.sqlite
      .prepare(
        'insert into system_config values (?, ?, 0) on conflict (section) do update set value = excluded.value',
      )
      .run(section, json);
  };
  return { connection, clock, bus, logger, store, changes, stored, put };
}

describe('the settings', () => {
  it('are the defaults on a new station, and are seeded section by section', () => {
    const { store, stored } = world();
    expect(store.get()).toEqual(schemaDefaults());
    expect(store.seed()).toHaveLength(50);
    for (const section of SETTINGS_SECTIONS)
      expect(stored(section)).toEqual(schemaDefaults()[section]);
  });

  it('are seeded once, and never over a value that is there', () => {
    const { store, stored, put } = world();
    put('system', '{"max_recorders":2}');
    store.seed();
    expect(store.seed()).toEqual([]);
    expect(stored('system')).toMatchObject({ max_recorders: 2, language: 'en' });
    expect(store.get().system.max_recorders).toBe(2);
  });

  it('change one at a time, with an audit row and an event', () => {
    const { store, stored, changes, connection, clock } = world();
    store.seed();
    expect(store.set('system.max_recorders', 3, 'cli').system.max_recorders).toBe(3);
    expect(store.get().system.max_recorders).toBe(3);
    expect(stored('system')).toMatchObject({ max_recorders: 3 });
    expect(changes).toEqual([['system.max_recorders']]);
    expect(connection.db.select().from(auditLog).all()).toMatchObject([
      {
        atMs: clock.wallMs(),
        actor: 'cli',
        action: 'setting.set',
        subject: 'system.max_recorders',
        oldValue: 5,
        newValue: 3,
      },
    ]);
  });

  it('stay as they are when the same value is set again', () => {
    const { store, changes, connection } = world();
    store.seed();
    const before = store.get();
    expect(store.set('system.max_recorders', 5, 'cli')).toBe(before);
    expect(changes).toEqual([]);
    expect(connection.db.select().from(auditLog).all()).toEqual([]);
  });

  it('store a value in its normal form', () => {
    const { store } = world();
    expect(store.set('system.station_name', '  Forest 1 ', 'page').system.station_name).toBe(
      'Forest 1',
    );
  });

  it.each([
    ['system.max_recorders', 'three', 'system.max_recorders', 'expected number, received string'],
    [
      'system.timezone',
      'Mars/Olympus',
      'system.timezone',
      'not an IANA time zone, e.g. "Europe/Berlin"',
    ],
    ['system.language', null, 'system.language', 'Invalid option: expected one of "en"|"de"'],
    [
      'processor.janitor_threshold_warning',
      85,
      'processor.janitor_threshold_critical',
      'the three thresholds must rise: warning < critical < emergency',
    ],
  ])('refuse %s = %j and keep what was', (key, value, path, problem) => {
    const { store, changes } = world();
    const before = store.get();
    expect(() => store.set(key, value, 'page')).toThrow(
      expect.objectContaining({ code: 'INVALID_VALUE', data: { path, problem } }),
    );
    expect(store.get()).toBe(before);
    expect(changes).toEqual([]);
  });

  it.each([
    'system.nothing',
    'nothing.at_all',
    'system',
    '',
    '__proto__.x',
    'system.__proto__',
    'system.toString',
  ])('do not know the key %j', (key) => {
    expect(() => world().store.set(key, 1, 'page')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', data: { what: 'setting', id: key } }),
    );
  });

  it('cannot be changed behind the store’s back', () => {
    const settings = world().store.get();
    expect(Object.isFrozen(settings) && Object.isFrozen(settings.system)).toBe(true);
  });

  it('fall back to the default where a stored value is broken, say so, and keep it until it is set', () => {
    const { connection, put } = world();
    put('system', '{"max_recorders":"many","language":"de"}');
    const { store, stored, logger } = world(connection);
    expect(store.get().system).toMatchObject({ max_recorders: 5, language: 'de' });
    expect(store.problems()).toEqual([
      { key: 'system.max_recorders', problem: 'expected number, received string' },
    ]);
    expect(logger.events()).toContain('setting.invalid');
    store.seed();
    store.set('system.language', 'en', 'page');
    expect(stored('system')).toMatchObject({ max_recorders: 'many', language: 'en' });
    store.set('system.max_recorders', 4, 'page');
    expect(stored('system')).toMatchObject({ max_recorders: 4 });
    expect(store.problems()).toEqual([]);
  });

  it('give up as few values as possible where they contradict each other', () => {
    const { connection, put } = world();
    put('processor', '{"janitor_threshold_warning":95,"janitor_interval_seconds":120}');
    const { store } = world(connection);
    expect(store.get().processor).toMatchObject({
      janitor_threshold_warning: 70,
      janitor_interval_seconds: 120,
    });
    expect(store.problems().map(({ key }) => key)).toEqual(['processor.janitor_threshold_warning']);
  });

  it.each(['not json', '[1]', '"text"', 'null', ''])(
    'do not stop the station over the section %j',
    (json) => {
      const { connection, put } = world();
      put('system', json);
      const { store, stored } = world(connection);
      expect(store.get()).toEqual(schemaDefaults());
      expect(store.problems()).toEqual([
        { key: 'system', problem: 'the stored section is not a JSON object' },
      ]);
      store.seed();
      expect(
        connection.sqlite.prepare("select value from system_config where section = 'system'").get(),
      ).toEqual({ value: json });
      store.set('system.language', 'de', 'page');
      expect(stored('system')).toEqual({ language: 'de' });
      expect(store.problems()).toEqual([]);
    },
  );

  it('keep keys that only another version knows', () => {
    const { connection, put } = world();
    put('display', '{"from_the_future":1}');
    const { store, stored } = world(connection);
    store.seed();
    store.set('display.kiosk', true, 'page');
    expect(stored('display')).toMatchObject({ from_the_future: 1, kiosk: true });
  });

  it('take over what another process changed, and notice only then', () => {
    const { store, changes, connection } = world();
    store.seed();
    expect(store.reloadIfChanged()).toBe(false);
    const other = world(openAgain(connection.sqlite.name));
    other.store.set('system.station_name', 'Elsewhere', 'cli');
    expect(store.get().system.station_name).toBe('Silvasonic Station');
    expect(store.reloadIfChanged()).toBe(true);
    expect(store.get().system.station_name).toBe('Elsewhere');
    expect(changes).toEqual([['system.station_name']]);
    expect(store.reloadIfChanged()).toBe(false);
  });

  it('are shared between two writers without loss', () => {
    const { store, connection } = world();
    store.seed();
    const other = world(openAgain(connection.sqlite.name)).store;
    other.set('system.language', 'de', 'cli');
    store.set('system.max_recorders', 2, 'page');
    expect(store.get().system).toMatchObject({ language: 'de', max_recorders: 2 });
  });
});

describe('a setting typed on the command line', () => {
  it.each([
    ['system.max_recorders', '3', 3],
    ['system.latitude', '-12.5', -12.5],
    ['system.latitude', 'null', null],
    ['system.auto_enrollment', 'false', false],
    ['system.station_name', 'null', 'null'],
    ['system.station_name', '42', '42'],
    ['system.station_name', '"  quoted "', '  quoted '],
    ['system.station_name', "'single'", 'single'],
    ['system.station_name', '"', '"'],
    ['cloud_sync.bandwidth_limit', '1M', '1M'],
    ['cloud_sync.bandwidth_limit', '"null"', 'null'],
    ['updates.window_start_hour', '22', 22],
    ['display.theme', 'dark', 'dark'],
  ])('%s %s is %j', (key, text, value) => {
    expect(parseSettingValue(key, text)).toBe(value);
  });

  it.each([
    ['system.max_recorders', 'three', 'expected a number, received "three"'],
    ['system.max_recorders', '', 'expected a number, received ""'],
    ['system.max_recorders', 'null', 'expected a number, received "null"'],
    ['system.latitude', '0x10', 'expected a number or null, received "0x10"'],
    ['system.auto_enrollment', 'yes', 'expected true or false, received "yes"'],
  ])('%s %s is refused', (key, text, problem) => {
    expect(() => parseSettingValue(key, text)).toThrow(`${key}: ${problem}`);
  });

  it('must have a known name', () => {
    expect(() => parseSettingValue('system.nothing', '1')).toThrow(
      'There is no setting "system.nothing".',
    );
  });
});
