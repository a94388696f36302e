import type { Settings, SettingsSection } from '@shared/model/settings';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { auditLog, systemConfig } from '../database/schema';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { InvalidValueError } from '../request-error';
import { keysOf, resolveSettingKey, SETTINGS_SECTIONS, validateSection } from './setting-key';
import { effectiveSection, type SettingProblem } from './stored-section';
import { messageOf } from '../error-message';

export interface SettingsStoreOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** From `readDefaults`. */
  readonly defaults: Settings;
}

export type SettingValue = string | number | boolean | null;

/**
 * The settings: rows of `system_config`, one per section, over the shipped defaults. A broken stored value
 * never stops the station: its default stands in, `problems()` tells, and the row keeps it until a person
 * sets that key.
 */
export class SettingsStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #bus: EventBus;
  readonly #logger: Logger;
  readonly #defaults: Settings;
  #settings: Settings;
  #problems: readonly SettingProblem[] = [];
  #dataVersion = -1;

  constructor(options: SettingsStoreOptions) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#bus = options.bus;
    this.#logger = options.logger.forService('settings');
    this.#defaults = options.defaults;
    this.#settings = this.#read();
    this.#reportProblems();
  }

  /** The settings in force: frozen, and the same object until one changes. */
  get(): Settings {
    return this.#settings;
  }

  /** Stored values that are not used because they are broken. */
  problems(): readonly SettingProblem[] {
    return this.#problems;
  }

  /**
   * Stores the default of every key that is not stored yet. Never touches a value that is there.
   * @returns the keys that were added
   */
  seed(): readonly string[] {
    const added = this.#write(() => {
      const keys: string[] = [];
      for (const section of SETTINGS_SECTIONS) {
        const stored = this.#stored(section);
        if (stored === 'unreadable') continue;
        const defaults: Record<string, unknown> = this.#defaults[section];
        const missing = keysOf(section).filter(({ key }) => !Object.hasOwn(stored ?? {}, key));
        if (missing.length === 0) continue;
        const value = { ...stored };
        for (const { key, full } of missing) {
          value[key] = defaults[key];
          keys.push(full);
        }
        this.#store(section, value);
      }
      return keys;
    });
    if (added.length > 0) {
      this.#settings = this.#read();
      this.#logger.info('settings.seeded', `Stored ${String(added.length)} defaults.`, {
        keys: added,
      });
    }
    return added;
  }

  /**
   * Changes one setting, named `section.key`. Setting what is already stored does nothing.
   * @param actor who asked, for the audit log, e.g. `page` or `cli`
   * @throws NotFoundError for an unknown setting, InvalidValueError when the section would not be valid
   */
  set(full: string, value: SettingValue, actor: string): Settings {
    const { section, key } = resolveSettingKey(full);
    const changed = this.#write(() => {
      const stored = this.#stored(section);
      const readable = stored === 'unreadable' ? {} : (stored ?? {});
      const defaults: Record<string, unknown> = this.#defaults[section];
      const effective = effectiveSection(section, readable, defaults).values;
      const result = validateSection(section, { ...effective, [key]: value });
      if (!result.ok) throw new InvalidValueError(`${section}.${result.key}`, result.problem);
      const newValue = result.values[key];
      const oldValue = readable[key];
      if (Object.hasOwn(readable, key) && Object.is(oldValue, newValue)) return false;
      this.#store(section, { ...readable, [key]: newValue });
      this.#connection.db
        .insert(auditLog)
        .values({
          atMs: this.#clock.wallMs(),
          actor,
          action: 'setting.set',
          subject: full,
          oldValue: oldValue ?? null,
          newValue,
        })
        .run();
      return true;
    });
    if (changed) {
      const before = this.#settings;
      this.#settings = this.#read();
      const keys = new Set([full, ...changedKeys(before, this.#settings)]);
      this.#logger.info('setting.changed', `${full} was changed.`, { key: full, value, actor });
      this.#bus.emit('settings.changed', { keys: [...keys] });
    }
    return this.#settings;
  }

  /**
   * Takes over what another process changed. Costs one pragma when nobody wrote to the database. Never throws: a
   * database that cannot be read now is looked at again the next time.
   * @returns whether a setting in force changed
   */
  reloadIfChanged(): boolean {
    const before = this.#settings;
    const problemsBefore = JSON.stringify(this.#problems);
    let after: Settings;
    try {
      if (this.#currentDataVersion() === this.#dataVersion) return false;
      after = this.#read();
    } catch (error) {
      this.#dataVersion = -1;
      this.#logger.warn('settings.unreadable', 'The settings cannot be read now.', {
        error: messageOf(error),
      });
      return false;
    }
    const keys = changedKeys(before, after);
    const otherProblems = JSON.stringify(this.#problems) !== problemsBefore;
    if (otherProblems) this.#reportProblems();
    if (keys.length > 0) this.#settings = after;
    if (keys.length > 0 || otherProblems) this.#bus.emit('settings.changed', { keys });
    return keys.length > 0;
  }

  #read(): Settings {
    this.#dataVersion = this.#currentDataVersion();
    const problems: SettingProblem[] = [];
    const settings: Record<string, unknown> = {};
    for (const section of SETTINGS_SECTIONS) {
      const stored = this.#stored(section);
      const defaults: Record<string, unknown> = this.#defaults[section];
      if (stored === 'unreadable') {
        problems.push({ key: section, problem: 'the stored section is not a JSON object' });
        settings[section] = Object.freeze({ ...defaults });
        continue;
      }
      const effective = effectiveSection(section, stored ?? {}, defaults);
      problems.push(...effective.problems);
      settings[section] = Object.freeze(effective.values);
    }
    this.#problems = problems;
    return Object.freeze(settings) as Settings;
  }

  /** A stored section as it is; read by hand because the row may hold anything. */
  #stored(section: SettingsSection): Record<string, unknown> | undefined | 'unreadable' {
    const row = this.#connection.sqlite
      .prepare<[string], { value: unknown }>('select value from system_config where section = ?')
      .get(section);
    if (row === undefined) return undefined;
    try {
      const value: unknown = JSON.parse(String(row.value));
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isObject ? (value as Record<string, unknown>) : 'unreadable';
    } catch {
      return 'unreadable';
    }
  }

  #store(section: SettingsSection, value: Record<string, unknown>): void {
    const updatedAtMs = this.#clock.wallMs();
    this.#connection.db
      .insert(systemConfig)
      .values({ section, value, updatedAtMs })
      .onConflictDoUpdate({ target: systemConfig.section, set: { value, updatedAtMs } })
      .run();
  }

  /** Read, decide and write as one: another process may be at it too. */
  #write<T>(work: () => T): T {
    return this.#connection.sqlite.transaction(work).immediate();
  }

  #currentDataVersion(): number {
    return Number(this.#connection.sqlite.pragma('data_version', { simple: true }));
  }

  #reportProblems(): void {
    for (const { key, problem } of this.#problems) {
      this.#logger.warn('setting.invalid', `The stored setting ${key} is not used: ${problem}.`, {
        key,
      });
    }
  }
}

function changedKeys(before: Settings, after: Settings): string[] {
  return SETTINGS_SECTIONS.flatMap((section) => {
    const old: Record<string, unknown> = before[section];
    const now: Record<string, unknown> = after[section];
    return keysOf(section)
      .filter(({ key }) => !Object.is(old[key], now[key]))
      .map(({ full }) => full);
  });
}
