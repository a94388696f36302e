import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  stationSlug,
  uploadPath,
  withExtension,
  withNumber,
} from '@main/cloud/uploading/upload-path';

const facts = {
  station: stationSlug('Silvasonic Müller-Station'),
  device: '0869-0389-0001',
  timeMs: Date.parse('2026-03-29T14:30:00Z'),
  localPath: 'recorder/ultramic/data/raw/2026-03-29T14-30-00Z_10s_abcdef12_00000001.wav',
  extension: '.flac',
} as const;

describe('where a recording lies on a remote', () => {
  it('is told by station, device, day and name', () => {
    expect(uploadPath(facts)).toBe(
      'silvasonic-mueller-station/0869-0389-0001/2026-03-29/2026-03-29T14-30-00Z_10s_abcdef12_00000001.flac',
    );
  });

  it.each([
    ['Silvasonic Müller-Station', 'silvasonic-mueller-station'],
    ['Öl & Grüße', 'oel-gruesse'],
    ['A_b..c/../d', 'a-b-c-d'],
    ['Café №5', 'cafe-5'],
    ['🦇', 'station'],
    ['日本', 'station'],
  ])('makes of the name "%s" %s', (name, slug) => {
    expect(stationSlug(name)).toBe(slug);
  });

  it('stays within its folder whatever anything is called', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: 'binary', minLength: 1 }),
        (name, device, localPath) => {
          const path = uploadPath({ ...facts, station: stationSlug(name), device, localPath });
          const parts = path.split('/');
          expect(parts).toHaveLength(4);
          for (const part of parts) expect(part).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
          expect(path).not.toContain('..');
        },
      ),
      { numRuns: 30 }, // transliteration takes its time
    );
  });

  it('may change its extension, or bear a number, and nothing else', () => {
    expect(withExtension('a/b/c.d.flac', '.wav')).toBe('a/b/c.d.wav');
    expect(withNumber('a/b/c.flac', 7)).toBe('a/b/c_7.flac');
  });
});
