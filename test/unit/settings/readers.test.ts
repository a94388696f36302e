import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { settingsSchema } from '@shared/model/settings';

const root = resolve(import.meta.dirname, '../../..');

/** What the parts of the station will read that are not there yet: the lock of a kiosk, updates. */
const LATER = ['display.idle_lock_minutes', 'display.brightness', 'updates.automatic'];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

it('every setting that a person can make is read by somebody, but for those of parts to come', () => {
  const text = [...sources('main'), ...sources('electron')].join('\n');
  const keys = Object.entries(settingsSchema.parse({})).flatMap(([section, values]) =>
    Object.keys(values).map((key) => ({ section, key })),
  );
  expect(keys.length).toBeGreaterThan(30);
  const unread = keys
    .filter(({ key }) => !new RegExp(`\\b${key}\\b`).test(text))
    .map(({ section, key }) => `${section}.${key}`);
  expect(unread).toEqual(LATER);
});
