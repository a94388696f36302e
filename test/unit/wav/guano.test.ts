import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amendGuano, planGuano, readGuano, restampGuano, writeGuano } from '@main/wav/guano';
import { formatGuano, parseGuano } from '@main/wav/guano-text';
import { guanoTimestamp } from '@main/wav/guano-timestamp';
import { inspectWav } from '@main/wav/inspect';
import { readLayout, type WavLayout } from '@main/wav/layout';
import { repairWav } from '@main/wav/repair';
import { segmentGuano, type SegmentFacts } from '@main/wav/segment-guano';
import { interruptedEdits } from '../../support/interrupted-edits';
import { temporaryFolder } from '../../support/temporary-folder';
import { dataChunk, formatChunk, plainWav, wavBytes, type WavChunk } from '../../support/wav-bytes';
import { readSamples } from '../../support/wav-samples';

function file(bytes: Buffer): string {
  const path = join(temporaryFolder(), 'a.wav');
  writeFileSync(path, bytes);
  return path;
}

const text = (id: string, content: string): WavChunk => ({ id, body: Buffer.from(content) });
const fields = new Map([
  ['GUANO|Version', '1.0'],
  ['Timestamp', '2026-11-21T21:15:00.250+01:00'],
  ['Make', 'Dodotronic'],
  ['Silvasonic|Run', '0a1b2c3d'],
]);
const later = new Map([...fields, ['Timestamp', '2026-11-21T22:15:00.250+01:00']]);
/** 24 bit, odd: padded. */
const oddWav = wavBytes([formatChunk({ bits: 24, validBits: 24 }), dataChunk(33)]);

function countOf(path: string, word: string): number {
  return readFileSync(path).toString('latin1').split(word).length - 1;
}

describe('GUANO text', () => {
  it('is one field per line, the version first', () => {
    expect(
      formatGuano(
        new Map([
          ['Make', 'Dodotronic'],
          ['Silvasonic|Run', '0a1b2c3d'],
        ]),
      ),
    ).toBe('GUANO|Version: 1.0\nMake: Dodotronic\nSilvasonic|Run: 0a1b2c3d\n');
  });

  it('holds line ends as the standard wants them', () => {
    const written = formatGuano(new Map([['Note', 'one\r\ntwo\rthree\n: four']]));
    expect(written).toBe('GUANO|Version: 1.0\nNote: one\\ntwo\\nthree\\n: four\n');
    expect(parseGuano(written).get('Note')).toBe('one\ntwo\nthree\n: four');
  });

  it('is read as leniently as others write it', () => {
    const read = parseGuano(
      '\n  GUANO|Version :  1.0 \r\n\nno field\nTE:1\nMake: A: B\nMake: second\nEmpty:\n: no name\nPET|D500X|TSens: high\0\0 ',
    );
    expect([...read]).toEqual([
      ['GUANO|Version', '1.0'],
      ['TE', '1'],
      ['Make', 'A: B'],
      ['PET|D500X|TSens', 'high'],
    ]);
  });

  it('never lets a value become a field, and ends an endless one', () => {
    const hostile = new Map([
      ['Serial', 'x\nTimestamp: 1970-01-01T00:00:00Z'],
      ['Ma:ke\nNote', 'y'],
      ['Model', 'm'.repeat(100_000)],
    ]);
    const read = parseGuano(formatGuano(hostile));
    expect(read.has('Timestamp')).toBe(false);
    expect(read.get('Ma_ke Note')).toBe('y');
    expect(read.get('Model')).toHaveLength(1000);
  });

  it('comes back as it was, whatever a device calls itself', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({
        unit: fc.constantFrom('\n', '\r', '\\', 'n', ':', '|', '\0', '🦇', ' ', 'a', '\ud800'),
        maxLength: 300,
      }),
    );
    fc.assert(
      fc.property(value, value, (a, b) => {
        const once = parseGuano(
          formatGuano(
            new Map([
              ['Make', a],
              ['Note', b],
            ]),
          ),
        );
        expect(parseGuano(formatGuano(once))).toEqual(once);
        expect(once.get('Make') ?? '').toBe(readable(a));
        expect(
          [...once.keys()].every((key) => ['GUANO|Version', 'Make', 'Note'].includes(key)),
        ).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

/** What of a value can be read back: the standard has no escape for a `\n` that is none. */
function readable(value: string): string {
  const lines = Buffer.from(value).toString().replaceAll(/\r\n?/g, '\n');
  return lines
    .replaceAll(/[^\P{Cc}\t\n]/gu, '')
    .trim()
    .replaceAll('\\n', '\n')
    .trim();
}

describe('a GUANO timestamp', () => {
  it.each([
    ['Europe/Berlin', '2026-11-21T21:15:00.250+01:00'],
    ['UTC', '2026-11-21T20:15:00.250+00:00'],
    ['America/St_Johns', '2026-11-21T16:45:00.250-03:30'],
    ['Asia/Kathmandu', '2026-11-22T02:00:00.250+05:45'],
    ['Not/AZone', '2026-11-21T20:15:00.250+00:00'],
  ])('is local time with its offset: %s', (zone, expected) => {
    expect(guanoTimestamp(Date.UTC(2026, 10, 21, 20, 15, 0, 250), zone)).toBe(expected);
  });

  it('tells the two hours apart that a clock shows twice in autumn', () => {
    const first = Date.UTC(2026, 9, 25, 0, 30);
    expect(guanoTimestamp(first, 'Europe/Berlin')).toBe('2026-10-25T02:30:00.000+02:00');
    expect(guanoTimestamp(first + 3_600_000, 'Europe/Berlin')).toBe(
      '2026-10-25T02:30:00.000+01:00',
    );
  });

  it('always names the very instant', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.constantFrom('Europe/Berlin', 'Africa/Monrovia', 'Pacific/Apia', 'Asia/Kolkata'),
        (date, zone) => {
          expect(Date.parse(guanoTimestamp(date.getTime() + 0.3, zone))).toBe(date.getTime());
        },
      ),
    );
  });
});

describe('the metadata of a segment', () => {
  const facts: SegmentFacts = {
    device: {
      name: '0869-0389-034F',
      displayName: 'UltraMic 384K',
      make: 'Dodotronic',
      model: 'Ultramic 384 EVO',
      serial: '034F',
      simulated: false,
    },
    station: {
      id: '7f3c',
      name: 'Waldrand',
      latitude: 52.516667,
      longitude: -0.0000004,
      timezone: 'Europe/Berlin',
      version: '0.1.0',
    },
    segment: {
      startMs: Date.UTC(2026, 10, 21, 20, 15, 0, 250) + 0.4,
      sampleRateHz: 384_000,
      frames: 3_840_001,
      fileName: '2026-11-21T20-15-00Z_10s_0a1b2c3d_00000007.wav',
      runId: '0a1b2c3d',
      sequence: 7,
      firstFrame: 26_880_000,
      clockSynced: false,
      recovered: true,
    },
  };

  it('says first of all that it is simulated where it is, and names no maker', () => {
    const device = { ...facts.device, simulated: true };
    const fields = segmentGuano({ ...facts, device });
    expect([fields.get('Make'), fields.get('Model')]).toEqual(['', 'Simulated microphone']);
    expect(formatGuano(fields)).toMatch(/^Note: Simulated microphone/m);
    expect(formatGuano(fields)).not.toContain('Dodotronic');
    const segment = { ...facts.segment, note: 'Cut short.' };
    expect(segmentGuano({ ...facts, device, segment }).get('Note')).toMatch(/ Cut short\.$/);
  });

  it('says what, where, when and with what', () => {
    expect(formatGuano(segmentGuano(facts))).toBe(
      `GUANO|Version: 1.0
Timestamp: 2026-11-21T21:15:00.250+01:00
Make: Dodotronic
Model: Ultramic 384 EVO
Serial: 034F
Samplerate: 384000
Length: 10.000003
Loc Position: 52.516667 0
Original Filename: 2026-11-21T20-15-00Z_10s_0a1b2c3d_00000007.wav
Silvasonic|Version: 0.1.0
Silvasonic|Station: Waldrand
Silvasonic|Station ID: 7f3c
Silvasonic|Device: 0869-0389-034F
Silvasonic|Run: 0a1b2c3d
Silvasonic|Sequence: 7
Silvasonic|First Frame: 26880000
Silvasonic|Clock: unsynchronised
Silvasonic|Recovered: yes
Silvasonic|Simulated: no
`,
    );
  });

  it('leaves out what is not known, and says what the clock is not known to be', () => {
    const read = parseGuano(
      formatGuano(
        segmentGuano({
          device: { ...facts.device, make: null, model: null, serial: null },
          station: { ...facts.station, latitude: null },
          segment: { ...facts.segment, clockSynced: null },
        }),
      ),
    );
    for (const key of ['Make', 'Serial', 'Loc Position', 'Note']) expect(read.has(key)).toBe(false);
    expect(read.get('Model')).toBe('UltraMic 384K');
    expect(read.get('Silvasonic|Clock')).toBe('unknown');
  });
});

describe('a WAV file that is given GUANO metadata', () => {
  it.each<[string, Buffer]>([
    ['plain', plainWav(480)],
    ['of odd length', oddWav],
    ['with LIST behind its audio', wavBytes([formatChunk(), dataChunk(200), text('LIST', 'abcd')])],
    [
      'with GUANO before its audio',
      wavBytes([formatChunk(), text('guan', 'GUANO|Version: 1.0\nNote: old'), dataChunk(200)]),
    ],
  ])('keeps its audio, stays whole and tells them: %s', async (_, bytes) => {
    const path = file(bytes);
    const before = await readSamples(path);
    await writeGuano(path, fields);
    const after = await readSamples(path);
    expect(after.audio.equals(before.audio)).toBe(true);
    expect(after.info).toMatchObject({ state: 'whole', frames: before.info.frames });
    expect(await readGuano(path)).toEqual(fields);
    expect(countOf(path, 'guan')).toBe(1);
    const written = readFileSync(path);
    expect(written.readUInt32LE(4)).toBe(written.length - 8);
    expect(written.length % 2).toBe(0);
    expect(await repairWav(path)).toMatchObject({ repaired: false });
    await writeGuano(path, fields);
    expect(readFileSync(path).equals(written)).toBe(true);
  });

  it('counts it in its table of 64-bit sizes where it has one', async () => {
    const path = file(
      wavBytes([text('ds64', '\0'.repeat(28)), formatChunk(), dataChunk(200, 0xffffffff)], 'RF64'),
    );
    await writeGuano(path, fields);
    const written = readFileSync(path);
    expect(written.readBigUInt64LE(20)).toBe(BigInt(written.length - 8));
    expect(await inspectWav(path)).toMatchObject({ frames: 100, state: 'whole' });
    expect(await readGuano(path)).toEqual(fields);
  });

  it('is repaired first when its capture was killed', async () => {
    const path = file(wavBytes([formatChunk(), dataChunk(201, 0xffffffff)]));
    await writeGuano(path, fields);
    expect(await inspectWav(path)).toMatchObject({ frames: 101, state: 'whole' });
    expect(await readGuano(path)).toEqual(fields);
  });

  it('has others when they are replaced, and never two', async () => {
    const path = file(oddWav);
    await writeGuano(path, fields);
    await writeGuano(path, later);
    expect(await readGuano(path)).toEqual(later);
    expect(countOf(path, 'guan')).toBe(1);
    expect(await repairWav(path)).toMatchObject({ repaired: false, frames: 11 });
  });

  it('can be given another time, whatever else stands there', async () => {
    const foreign = 'GUANO|Version:  1.0\n\nTimestamp:2020-01-01T00:00:00\nX|Y: kept  \nodd line\n';
    const path = file(wavBytes([formatChunk(), dataChunk(200), text('guan', foreign)]));
    expect(await restampGuano(path, Date.UTC(2026, 10, 21, 20, 15), 'Europe/Berlin')).toBe(true);
    expect(readFileSync(path).toString('latin1')).toContain(
      'GUANO|Version:  1.0\n\nTimestamp: 2026-11-21T21:15:00.000+01:00\nX|Y: kept  \nodd line\n',
    );
    expect(await amendGuano(path, new Map([['Silvasonic|Clock', 'synchronised']]))).toBe(true);
    expect((await readGuano(path))?.get('Silvasonic|Clock')).toBe('synchronised');
    expect((await readGuano(path))?.get('X|Y')).toBe('kept');
  });

  it('without any cannot be given another time', async () => {
    const path = file(plainWav(10));
    expect(await readGuano(path)).toBeNull();
    expect(await restampGuano(path, 0, 'UTC')).toBe(false);
    expect(readFileSync(path).equals(plainWav(10))).toBe(true);
  });

  it('is read from imported files of floating point, too', async () => {
    const guan = { id: 'guan', body: Buffer.from('GUANO|Version: 1.0\nModel: other ') };
    const path = file(wavBytes([formatChunk({ tag: 3, bits: 32 }), dataChunk(8), guan]));
    expect((await readGuano(path))?.get('Model')).toBe('other');
  });

  it('is refused when there is no room for them, and when it is no audio', async () => {
    const path = file(plainWav(10));
    const many = new Map(
      Array.from({ length: 500 }, (_, i) => [`X|${String(i)}`, 'x'.repeat(1000)] as const),
    );
    await expect(writeGuano(path, many)).rejects.toMatchObject({ problem: 'UNSUPPORTED' });
    expect(readFileSync(path).equals(plainWav(10))).toBe(true);
    const none = file(Buffer.from('a text'));
    await expect(writeGuano(none, fields)).rejects.toMatchObject({ problem: 'NOT_WAV' });
  });
});

describe('metadata whose writing is cut short at any byte', () => {
  const long = new Map(Array.from({ length: 5 }, (_, i) => [`X|${String(i)}`, 'x'.repeat(999)]));
  /** So many bytes before the end of a block of the file system. */
  const nearBlock = (bytes: number): Buffer => plainWav((4096 - 44 - bytes) / 2);

  it.each<[string, Buffer, Map<string, string>[]]>([
    ['first ones', plainWav(480), [fields]],
    ['first ones, odd audio', oddWav, [fields]],
    ['in place of others', plainWav(480), [fields, later]],
    ['longer than a block', plainWav(480), [long]],
    ...[0, 2, 4, 6, 8, 10].map((left): [string, Buffer, Map<string, string>[]] => [
      `${String(left)} bytes before the end of a block`,
      nearBlock(left),
      [long],
    ]),
    ['in place of others, before the end of a block', nearBlock(130), [fields, long]],
  ])('cost no audio, and the next call completes them: %s', async (_, bytes, versions) => {
    const start = file(bytes);
    for (const version of versions.slice(0, -1)) await writeGuano(start, version);
    const [older] = versions.slice(0, -1);
    const wanted = parseGuano(formatGuano(versions.at(-1)!));
    const before = readFileSync(start);
    const { audio } = await readSamples(start);
    const text = formatGuano(wanted);
    const body = Buffer.from(text.length % 2 === 0 ? text : `${text} `);
    const path = file(before);
    let states = 0;
    for (const state of interruptedEdits(before, planGuano(await layoutOf(start), body)!)) {
      states += 1;
      writeFileSync(path, state);
      const { frames } = await repairWav(path);
      const repaired = await readSamples(path);
      expect(frames).toBe(repaired.info.frames);
      expect(repaired.audio.equals(audio)).toBe(true);
      // Never a part of them.
      expect([older ?? null, wanted]).toContainEqual(await readGuano(path));
      writeFileSync(path, state);
      await writeGuano(path, wanted);
      expect((await readSamples(path)).audio.equals(audio)).toBe(true);
      expect(await readGuano(path)).toEqual(wanted);
      expect(countOf(path, 'guan')).toBe(1);
    }
    expect(states).toBeGreaterThan(30);
  });
});

async function layoutOf(path: string): Promise<WavLayout> {
  const handle = await open(path, 'r');
  try {
    return await readLayout(handle, path);
  } finally {
    await handle.close();
  }
}
