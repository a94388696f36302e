import fc from 'fast-check';
import { expect, it } from 'vitest';
import { remoteSlugSchema } from '@shared/model/remote';
import { freeSlug } from '@main/cloud/remotes/remote-slug';

it.each([
  ['Nextcloud der Universität', 'nextcloud-der-universitaet'],
  ['  S3 / Wörme #2 ', 's3-woerme-2'],
  ['蝙蝠', 'webdav'],
  ['---', 'webdav'],
])('%s is called %s', (name, slug) => {
  expect(freeSlug(name, 'webdav', new Set())).toBe(slug);
});

it('numbers what is taken already', () => {
  expect(freeSlug('Box', 'local', new Set(['box', 'box-2']))).toBe('box-3');
});

it('is always one that is free and can be one, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
      const first = freeSlug(name, 'sftp', new Set());
      const second = freeSlug(name, 'sftp', new Set([first]));
      for (const slug of [first, second]) remoteSlugSchema.parse(slug);
      expect(second).not.toBe(first);
    }),
  );
});
