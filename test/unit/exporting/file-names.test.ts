import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPath, exportFolderName, safeName } from '@main/exporting/file-names';

/** Half surrogate pairs and control characters included. */
const anyText = fc
  .array(fc.nat({ max: 0xffff }), { maxLength: 200 })
  .map((codes) => String.fromCharCode(...codes));

describe('a name for any file system', () => {
  it.each([
    ['Ultramic 384 EVO', 'Ultramic-384-EVO'],
    ['Füchse & Söhne', 'Fuechse-Soehne'],
    ['café/../../etc', 'cafe-etc'],
    ['..', 'x'],
    ['', 'x'],
    ['鳥', 'x'],
    ['CON', 'x-CON'],
    ['com7', 'x-com7'],
    ['a'.repeat(100), 'a'.repeat(60)],
    ['=cmd|x', 'cmd-x'],
  ])('of %j is %j', (text, name) => {
    expect(safeName(text, 'x')).toBe(name);
  });

  it('never leads anywhere, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(safeName(text, 'device')).toMatch(/^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,66})$/);
      }),
    );
  });
});

it('a copy is named after its microphone, its time in UTC and its number', () => {
  const recording = {
    id: 4711,
    device: '0869-0389 #7',
    timeMs: Date.UTC(2026, 10, 21, 18, 0, 7, 999),
  };
  const path = '0869-0389-7/2026-11-21/0869-0389-7_20261121_180007Z_4711';
  expect(copyPath(recording, 'raw', '.wav')).toBe(`${path}.wav`);
  expect(copyPath(recording, 'processed', '.flac')).toBe(`${path}_processed.flac`);
});

it('two recordings never have one name', () => {
  const recording = fc.record({
    id: fc.integer({ min: 1, max: 50 }),
    device: fc.constantFrom('a/b', 'a b', 'A b', 'ä'),
    timeMs: fc.integer({ min: 0, max: 5_000 }),
  });
  const stream = fc.constantFrom('raw' as const, 'processed' as const);
  fc.assert(
    fc.property(recording, stream, recording, stream, (one, oneStream, other, otherStream) => {
      fc.pre(one.id !== other.id || oneStream !== otherStream);
      // FAT does not tell capitals from small letters.
      expect(copyPath(one, oneStream, '.wav').toLowerCase()).not.toBe(
        copyPath(other, otherStream, '.wav').toLowerCase(),
      );
    }),
  );
});

it('a new folder tells whose it is, what lies in it and when it was made', () => {
  expect(exportFolderName('Waldstation Süd', 'flac', Date.UTC(2026, 0, 2, 3, 4, 5))).toBe(
    'Waldstation-Sued_flac_20260102_030405Z',
  );
});
