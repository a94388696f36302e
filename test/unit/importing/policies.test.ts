import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioDigest } from '@main/importing/audio-digest';
import { contentId } from '@main/importing/content-id';
import { judgeRoom, lackOfRoom } from '@main/importing/import-room';
import { ImportRate } from '@main/importing/import-rate';
import { importedDevice } from '@main/importing/imported-device';
import { importedId, importedPath } from '@main/importing/imported-path';
import { readSidecar, SidecarError } from '@main/importing/sidecar';
import { nameOf, pathBytes, pathText } from '@main/importing/source-path';
import { temporaryFolder } from '../../support/temporary-folder';

const GB = 1e9;

describe('room for an import', () => {
  const disk = { freeBytes: 10 * GB, totalBytes: 100 * GB, freeInodes: 100_000 };

  it.each([
    ['is there on a disk with room', 1 * GB, disk, null, true],
    [
      'is not there when recording would be left with less than a gigabyte',
      9.5 * GB,
      disk,
      null,
      false,
    ],
    ['is less where the janitor keeps more free', 1 * GB, disk, 9, false],
    [
      'is a tenth of a small disk at least',
      1,
      { ...disk, totalBytes: 1 * GB, freeBytes: 0.2 * GB },
      null,
      true,
    ],
    [
      'is not there on a small disk that is nearly full',
      1,
      { ...disk, totalBytes: 1 * GB, freeBytes: 0.09 * GB },
      null,
      false,
    ],
    ['is not there when there are few inodes', 1, { ...disk, freeInodes: 999 }, null, false],
    ['does not need inodes where none are counted', 1, { ...disk, freeInodes: null }, null, true],
  ])('%s', (_, bytes, at, minFreeGb, fits) => {
    expect(lackOfRoom(bytes, at, { minFreeGb, limitPercent: 100 }) === null).toBe(fits);
  });

  it.each([
    ['what a person asks to be kept free, however large its share is', 9, 50, 100, false],
    ['that share, where there is as much', 40, 50, 100, true],
    ['what keeps the station from removing recordings', 9, null, 80, false],
    ['less than a full disk only', 21, null, 80, true],
  ])('on a disk of 256 GB is %s', (_, freePercent, minFreeGb, limitPercent, fits) => {
    const totalBytes = 256 * GB;
    const at = { totalBytes, freeBytes: (totalBytes * freePercent) / 100, freeInodes: null };
    expect(lackOfRoom(1, at, { minFreeGb, limitPercent }) === null).toBe(fits);
  });

  it.each([
    ['is enough', 2, 2, 20, 'enough'],
    ['is waited for where the file really is as long as it says', 15, 15, 12, 'wait'],
    ['is waited for where a packed file may be as long as it says', 15, 5, 12, 'wait'],
    ['is not waited for by a file that only promises to be long', 137, 0.001, 20, 'too_large'],
    ['is not waited for by a file that no empty disk would hold', 137, 137, 90, 'too_large'],
    ['is waited for where not even a small file would fit', 137, 0.001, 9, 'wait'],
  ])('%s', (_, copyGb, sourceGb, freeGb, kind) => {
    const at = { ...disk, freeBytes: freeGb * GB };
    const wanted = { copyBytes: copyGb * GB, sourceBytes: sourceGb * GB };
    expect(judgeRoom(wanted, at, { minFreeGb: null, limitPercent: 90 }).kind).toBe(kind);
  });
});

describe('the name of an imported file', () => {
  it('is a UUID that follows from its content', () => {
    const id = contentId('ff'.repeat(32));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(contentId('ff'.repeat(32))).toBe(id);
    expect(importedId(importedPath(id))).toBe(id);
  });

  it.each([
    'imported/00/.incoming/x.wav',
    'imported/aa/0.wav',
    'recorder/a/data/raw/a.wav',
    '../x.wav',
  ])('is not %s', (path) => {
    expect(importedId(path)).toBeNull();
  });
});

describe('a path of someone else’s disk', () => {
  it('comes back byte by byte, whatever its name is made of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (name) => {
        const bytes = Buffer.concat([Buffer.from('/card/'), Buffer.from(name)]);
        expect(pathBytes(pathText(bytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('can be shown by its name', () => {
    expect(nameOf(pathText(Buffer.from('/card/na\xef.wav', 'latin1')))).toBe('na\ufffd.wav');
  });
});

describe('the microphone of a file', () => {
  const nothing = { guano: null, comment: null, artist: null };

  it.each([
    [
      'GUANO',
      {
        ...nothing,
        guano: new Map([
          ['Make', 'Pettersson'],
          ['Model', 'M500-384'],
          ['Serial', '42'],
        ]),
      },
      'a.wav',
      'm500-384-42',
    ],
    [
      'a comment',
      { ...nothing, comment: 'Recorded at … by AudioMoth 24F3190160374A3E at gain' },
      'a.wav',
      'audiomoth-24F3190160374A3E',
    ],
    [
      'an artist',
      { ...nothing, artist: 'AudioMoth 24f3190160374a3e' },
      'a.wav',
      'audiomoth-24F3190160374A3E',
    ],
    ['a name', nothing, '24F3190160374A3E_20210815_203000.WAV', 'audiomoth-24F3190160374A3E'],
    ['nothing', nothing, 'a.wav', 'imported'],
  ])('is told by %s', (_, metadata, fileName, name) => {
    expect(importedDevice(metadata, fileName).name).toBe(name);
  });

  it('has a name that is safe, whatever a file says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (model, serial) => {
        const guano = new Map([
          ['Model', model],
          ['Serial', serial],
        ]);
        const { name } = importedDevice({ ...nothing, guano }, 'a.wav');
        expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
        expect(name.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe('the digest of samples', () => {
  it('is that of the bytes, in whatever pieces they come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 9 }), (pieces) => {
        const whole = new AudioDigest(2);
        whole.add(Buffer.concat(pieces));
        const parts = new AudioDigest(2);
        for (const piece of pieces) parts.add(Buffer.from(piece));
        expect(parts.result()).toBe(whole.result());
      }),
    );
  });

  it('is nothing for silence, and something for the least sound', () => {
    const silence = new AudioDigest(4);
    silence.add(Buffer.alloc(4_000, Buffer.from([1, 2, 3, 4])));
    expect(silence.result()).toBeNull();
    silence.add(Buffer.from([1, 2, 3, 5]));
    expect(silence.result()).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the pace of an import', () => {
  it('is told after a second, by what takes longer: bytes or files', () => {
    const rate = new ImportRate();
    rate.note(0, 0, 0);
    expect(rate.pace({ bytes: 100, files: 100 }).secondsLeft).toBeNull();
    rate.note(2_000, 2_000_000, 4);
    expect(rate.pace({ bytes: 10_000_000, files: 4 })).toEqual({
      bytesPerS: 1_000_000,
      secondsLeft: 10,
    });
    expect(rate.pace({ bytes: 1_000_000, files: 40 }).secondsLeft).toBe(20);
  });

  it('forgets what was long ago', () => {
    const rate = new ImportRate();
    rate.note(0, 0, 0);
    rate.note(20_000, 1_000_000, 1);
    rate.note(22_000, 1_000_000, 1);
    expect(rate.pace({ bytes: 1, files: 1 })).toEqual({ bytesPerS: 0, secondsLeft: null });
  });
});

describe('a sidecar', () => {
  it.each([
    ['no JSON', '{'],
    ['another thing', '{"version":2}'],
    ['something far too long', `"${'x'.repeat(300_000)}"`],
  ])('that is %s is told from a good one', async (_, text) => {
    const file = join(temporaryFolder(), 'a.json');
    writeFileSync(file, text);
    await expect(readSidecar(file)).rejects.toBeInstanceOf(SidecarError);
  });
});
