import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FALLBACK_PROFILE_SLUG } from '@shared/model/profile';
import { readProfileSeeds } from '@main/profiles/profile-seeds';
import { temporaryFolder } from '../../support/temporary-folder';

const FOLDER = resolve('resources/profiles');

function folderWith(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const minimal = (slug: string, rate = '48000') =>
  `slug: ${slug}\nname: ${slug}\naudio: {sample_rate: ${rate}, channels: 1, format: S16LE}\n`;

describe('the profiles that ship', () => {
  it('are all valid, each in a file of its own name', async () => {
    const seeds = await readProfileSeeds(FOLDER);
    expect(seeds.map((seed) => `${seed.slug}.yml`).sort()).toEqual(readdirSync(FOLDER).sort());
  });

  it('hold the fallback, which recognises nothing by itself', async () => {
    const fallback = (await readProfileSeeds(FOLDER)).find(
      (seed) => seed.slug === FALLBACK_PROFILE_SLUG,
    );
    expect(fallback?.audio).toEqual({
      sample_rate: 48_000,
      channels: 1,
      format: 'S16LE',
      match: { usb_vendor_id: null, usb_product_id: [], alsa_name_contains: null },
    });
  });

  it('never claim the same USB device twice', async () => {
    const ids = (await readProfileSeeds(FOLDER)).flatMap(({ audio: { match } }) =>
      match.usb_product_id.map((product) => `${match.usb_vendor_id ?? ''}:${product}`),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are written in the form of the schema: no key is dropped', async () => {
    for (const seed of await readProfileSeeds(FOLDER)) {
      const written = parse(readFileSync(join(FOLDER, `${seed.slug}.yml`), 'utf8')) as Record<
        string,
        unknown
      >;
      expect(seed).toMatchObject(written);
    }
  });
});

describe('reading profiles', () => {
  it.each([
    ['a wrong type', minimal('x', '"fast"'), 'audio.sample_rate: expected number, received string'],
    [
      'an unquoted id that YAML reads as a number',
      minimal('x').replace('S16LE}', 'S16LE, match: {usb_vendor_id: 1397}}'),
      'audio.match.usb_vendor_id: expected string, received number',
    ],
    ['an unknown key', `${minimal('x')}gain: 3\n`, 'gain: no such key'],
    ['a missing key', 'slug: x\nname: x\n', 'audio: expected object, received undefined'],
    [
      'both streams off',
      `${minimal('x')}stream: {raw_enabled: false, processed_enabled: false}\n`,
      'stream.raw_enabled: at least one of raw_enabled and processed_enabled must be true',
    ],
  ])('refuses %s, naming file, key and problem', async (_, yaml, problem) => {
    const folder = folderWith({ 'a.yml': minimal('a'), 'x.yml': yaml });
    await expect(readProfileSeeds(folder)).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: `${folder}/x.yml: ${problem}`,
    });
  });

  it('refuses what is not YAML, and a slug that is there twice', async () => {
    await expect(readProfileSeeds(folderWith({ 'x.yml': 'slug: [' }))).rejects.toThrow(
      /x\.yml: line \d+: not valid YAML/,
    );
    const twice = folderWith({ 'a.yml': minimal('same'), 'b.yml': minimal('same') });
    await expect(readProfileSeeds(twice)).rejects.toThrow(
      `${twice}/b.yml: slug: "same" is already the slug of ${twice}/a.yml`,
    );
  });

  it('refuses a folder that is not there', async () => {
    await expect(readProfileSeeds('/nowhere')).rejects.toThrow(/^\/nowhere: cannot be read/);
  });
});
