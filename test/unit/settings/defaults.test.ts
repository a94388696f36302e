import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingsSchema } from '@shared/model/settings';
import { readDefaults } from '@main/settings/defaults';
import { keysOf, schemaDefaults, SETTINGS_SECTIONS } from '@main/settings/setting-key';
import { temporaryFolder } from '../../support/temporary-folder';

const FILE = resolve('resources/defaults.yml');
const shipped = parse(readFileSync(FILE, 'utf8')) as Record<string, Record<string, unknown>>;

function keyPaths(value: Record<string, unknown>): string[] {
  return Object.entries(value).flatMap(([section, keys]) =>
    Object.keys(keys as Record<string, unknown>).map((key) => `${section}.${key}`),
  );
}

async function problemWith(yaml: string): Promise<string> {
  const file = join(temporaryFolder(), 'defaults.yml');
  writeFileSync(file, yaml);
  const error: unknown = await readDefaults(file).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'StationError', code: 'DEFAULTS_INVALID' });
  return (error as Error).message.replace(file, 'defaults.yml');
}

describe('the shipped defaults', () => {
  it('name every key of the schema, and no other', () => {
    expect(keyPaths(shipped).sort()).toEqual(keyPaths(settingsSchema.parse({})).sort());
    expect(
      SETTINGS_SECTIONS.flatMap((section) => keysOf(section).map(({ full }) => full)).sort(),
    ).toEqual(keyPaths(shipped).sort());
  });

  it('have the value that the schema has, for every key', () => {
    expect(shipped).toEqual(schemaDefaults());
  });

  it('are valid as they stand', async () => {
    expect(await readDefaults(FILE)).toEqual(schemaDefaults());
  });

  it('survive being written as JSON and read again', () => {
    expect(settingsSchema.parse(JSON.parse(JSON.stringify(schemaDefaults())))).toEqual(
      schemaDefaults(),
    );
  });

  it.each([
    [
      'a wrong type',
      'system: {max_recorders: many}',
      'defaults.yml: system.max_recorders: expected number, received string',
    ],
    [
      'an unknown key',
      'system: {max_recorder: 3}',
      'defaults.yml: system.max_recorder: no such key',
    ],
    ['an unknown section', 'sytem: {}', 'defaults.yml: sytem: no such key'],
    [
      'a rule across keys',
      'processor: {janitor_threshold_warning: 95}',
      'defaults.yml: processor.janitor_threshold_critical: the three thresholds must rise: warning < critical < emergency',
    ],
    ['a list in place of sections', '- a', 'defaults.yml: expected object, received array'],
  ])('refuse %s in one sentence', async (_, yaml, message) => {
    expect(await problemWith(yaml)).toBe(message);
  });

  it('refuse what is not YAML, with the line', async () => {
    expect(await problemWith('system:\n  language: "en\n')).toMatch(
      /^defaults\.yml: line \d: not valid YAML \(.+\)$/,
    );
    expect(await problemWith('system: {language: en, language: de}')).toMatch(
      /line 1: not valid YAML/,
    );
  });

  it('refuse a file that is not there', async () => {
    await expect(readDefaults('/nowhere/defaults.yml')).rejects.toThrow(
      /^\/nowhere\/defaults\.yml: cannot be read/,
    );
  });
});
