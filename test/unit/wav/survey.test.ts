import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readLayout } from '@main/wav/layout';
import { type KeepableSound, type SoundSurvey, surveyBytes, surveySound } from '@main/wav/survey';
import { InParts } from '@main/wav/in-parts';
import { tellsAll } from '../../support/corpus/corpus-file';
import { damagedFiles, orderedFiles } from '../../support/corpus/hand-made';
import { mutated } from '../../support/corpus/mutations';
import { brokenPromise, brokenRepair, storedOf } from '../../support/corpus/survey-promises';
import { FileInMemory } from '../../support/file-in-memory';
import { randomNumbers } from '../../support/random-numbers';
import { dataChunk, formatChunk, wavBytes, type WavChunk } from '../../support/wav-bytes';

const UNKNOWN = 0xffffffff;
/** Of a file of some hundred thousand bytes, whatever they are. */
const MOST_READS = 16;
const random = randomNumbers(7);
/** Noise: nothing in it looks like anything else. */
const SOUND = Buffer.from(Array.from({ length: 4800 }, () => random(256)));

const survey = (bytes: Buffer): Promise<SoundSurvey> => surveySound(new FileInMemory(bytes));

async function keepable(bytes: Buffer): Promise<KeepableSound> {
  const found = await survey(bytes);
  if (found.kind === 'refused') throw new Error(found.note);
  return found;
}

const soundIn = async (bytes: Buffer): Promise<Buffer> => {
  const found = await keepable(bytes);
  const { offset, bytes: length } = found.stored.audio;
  return (await storedOf(bytes, found)).subarray(offset, offset + length);
};

describe('a file of the field', () => {
  it.each(
    [...orderedFiles(SOUND), ...damagedFiles(SOUND)].map((file) => [file.name, file] as const),
  )('is found to be what it is: %s', async (_, { bytes, expected }) => {
    const found = await survey(bytes);
    if (found.kind === 'refused' || expected.kind === 'refused') {
      expect(found).toMatchObject(expected);
      return;
    }
    const { kind, audio, sampleRateHz, channels, bitsPerSample, sampleType } = expected;
    const facts = { sampleRateHz, channels, bitsPerSample, sampleType };
    expect(found).toMatchObject({ kind, facts });
    expect((await soundIn(bytes)).equals(audio)).toBe(true);
    expect(tellsAll(found.metadata, expected.metadata)).toBe(true);
    expect(await brokenPromise(bytes)).toBeNull();
  });

  it('that holds what no other program names is refused by its name', async () => {
    const found = await survey(wavBytes([formatChunk({ tag: 0x11 }), dataChunk(100)]));
    expect(found).toMatchObject({ word: 'COMPRESSED' });
    expect(found.note).toContain('IMA ADPCM');
  });

  it('of more than 4 GiB without room for its lengths is given room', async () => {
    const format = { channels: 8, bits: 32, validBits: 32, rate: 384_000 };
    const header = wavBytes([formatChunk(format), dataChunk(0)]);
    const length = 5 * 2 ** 30;
    const parts = new InParts([header, length]);
    const found = await surveyBytes(parts, parts.length);
    if (found.kind === 'refused') throw new Error(found.note);
    expect(found.facts.frames).toBe(length / 32);
    const { pieces, audio, fileBytes } = found.stored;
    const head = Buffer.concat(
      pieces.map((piece) => {
        if (piece.kind === 'bytes') return piece.bytes;
        if (piece.kind === 'decoded') throw new Error('nothing is to be decoded');
        return piece.length > length
          ? header.subarray(-8)
          : header.subarray(piece.from, piece.from + piece.length);
      }),
    );
    expect(head.toString('latin1', 0, 4)).toBe('RF64');
    expect(head.toString('latin1', 12, 16)).toBe('ds64');
    expect(head.readBigUInt64LE(20)).toBe(BigInt(fileBytes - 8));
    expect(head.readBigUInt64LE(28)).toBe(BigInt(length));
    expect(head.toString('latin1', 48, 52)).toBe('fmt ');
    expect(audio).toEqual({ offset: header.length + 36, bytes: length });
    expect(fileBytes).toBe(audio.offset + length);
  }, 30_000);

  it('tells in words what was put right', async () => {
    const format = { bits: 24, validBits: 24, rate: 384_000 };
    const note = async (bytes: Buffer): Promise<string> => (await keepable(bytes)).note;
    const odd = dataChunk(SOUND.subarray(0, 999), UNKNOWN);
    const guan = { id: 'guan', body: Buffer.from('GUANO|Version: 1.0\n') };
    // The byte between is padding, and no frame that was lost.
    expect(await note(wavBytes([formatChunk(format), odd, guan]))).toBe(
      'the lengths in its header were never filled in',
    );
    const plain = wavBytes([formatChunk(), dataChunk(SOUND)]);
    expect(await note(plain.subarray(0, -1001))).toBe(
      '1001 bytes of audio missing that its header promises; 1 byte removed at the end of its audio: no whole frame',
    );
    expect(await note(Buffer.concat([plain, Buffer.alloc(512)]))).toBe(
      '512 bytes removed at its end: zeros',
    );
  });

  it('tells which words are whose', async () => {
    const body = Buffer.from('INFOICMT\x06\0\0\0hello\0IART\x04\0\0\0abc\0', 'latin1');
    const found = await keepable(wavBytes([formatChunk(), { id: 'LIST', body }, dataChunk(8)]));
    expect(found.metadata).toMatchObject({
      comment: 'hello',
      artist: 'abc',
      guano: null,
      bext: null,
    });
  });
});

const chunk = (id: fc.Arbitrary<string>): fc.Arbitrary<WavChunk> =>
  fc.record({ id, body: fc.uint8Array({ maxLength: 90 }).map((bytes) => Buffer.from(bytes)) });
const others = chunk(
  fc.constantFrom('LIST', 'guan', 'bext', 'iXML', 'wamd', 'JUNK', 'xyz9', 'id3 '),
);
const formats = fc.constantFrom(
  { bits: 8, channels: 1 },
  { bits: 16, channels: 2 },
  { bits: 24, validBits: 24, rate: 384_000, channels: 1 },
  { bits: 32, subFormat: 3, channels: 3 },
);

describe('a whole file of any chunks in any order', () => {
  it('is kept byte by byte, with all its samples', async () => {
    await fc.assert(
      fc.asyncProperty(
        formats,
        fc.array(others, { maxLength: 4 }),
        fc.array(others, { maxLength: 3 }),
        fc.array(others, { maxLength: 3 }),
        fc.integer({ min: 1, max: 200 }),
        async (format, first, before, after, frames) => {
          const frameBytes = (format.bits / 8) * format.channels;
          const audio = SOUND.subarray(0, frames * frameBytes);
          const chunks = [...first, formatChunk(format), ...before, dataChunk(audio), ...after];
          const bytes = wavBytes(chunks);
          expect(await survey(bytes)).toMatchObject({ kind: 'whole', note: '', facts: { frames } });
          expect((await soundIn(bytes)).equals(audio)).toBe(true);
          expect(await brokenPromise(bytes)).toBeNull();
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a file whose writer was killed', () => {
  it('keeps exactly the frames that are there, whatever its header says', async () => {
    await fc.assert(
      fc.asyncProperty(
        formats,
        fc.array(others, { maxLength: 3 }),
        fc.constantFrom(0, UNKNOWN, 0x7fff_ffff),
        fc.constantFrom(0, 36, UNKNOWN),
        fc.nat({ max: 3000 }),
        async (format, before, dataSize, riffSize, there) => {
          const frameBytes = (format.bits / 8) * format.channels;
          const head = wavBytes([formatChunk(format), ...before, dataChunk(0, dataSize)]);
          head.writeUInt32LE(riffSize, 4);
          const bytes = Buffer.concat([head, SOUND.subarray(0, there)]);
          const frames = Math.floor(there / frameBytes);
          const found = await survey(bytes);
          if (frames === 0) {
            expect(found.kind).toBe('refused');
            return;
          }
          expect(found).toMatchObject({ kind: 'repairable', facts: { frames } });
          expect((await soundIn(bytes)).equals(SOUND.subarray(0, frames * frameBytes))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps them when chunks were behind them, too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk(fc.constantFrom('LIST', 'guan', 'bext', 'iXML')), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.constantFrom(0, UNKNOWN),
        fc.integer({ min: 1, max: 1000 }),
        async (after, dataSize, frames) => {
          const audio = SOUND.subarray(0, 2 * frames);
          const bytes = wavBytes([formatChunk(), dataChunk(audio, dataSize), ...after]);
          expect(await survey(bytes)).toMatchObject({ kind: 'repairable', facts: { frames } });
          expect((await soundIn(bytes)).equals(audio)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('sound in which the names of chunks happen to stand', () => {
  it('is not cut off there', async () => {
    const audio = Buffer.concat(
      [
        ...Array.from({ length: 40 }, (_, i) => [
          Buffer.from('LIST\x04\0\0\0'),
          SOUND.subarray(i, i + 50),
        ]),
      ].flat(),
    );
    const list = { id: 'LIST', body: Buffer.from('INFO') };
    const bytes = wavBytes([formatChunk(), dataChunk(audio, UNKNOWN), list]);
    expect((await soundIn(bytes)).equals(audio)).toBe(true);
  });
});

describe('whatever bytes there are', () => {
  it('are never more than refused, and what is kept of them is whole for every tool of ours', async () => {
    const start = fc.constantFrom(
      Buffer.alloc(0),
      Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1'),
      Buffer.from('fLaC\0\0\0\x22', 'latin1'),
      wavBytes([formatChunk(), dataChunk(0, UNKNOWN)]),
    );
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      chunk(fc.constantFrom('fmt ', 'data', 'ds64', 'JUNK', 'guan', 'LIST')).map(({ id, body }) =>
        wavBytes([{ id, body }]).subarray(12),
      ),
      formats.map((format) => wavBytes([formatChunk(format)]).subarray(12)),
    );
    await fc.assert(
      fc.asyncProperty(start, fc.array(piece, { maxLength: 6 }), async (head, rest) => {
        const bytes = Buffer.concat([head, ...rest]);
        expect(await brokenPromise(bytes)).toBeNull();
        expect(await brokenRepair(bytes)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  it('neither are they after accidents of every kind', async () => {
    const seeds = [...orderedFiles(SOUND), ...damagedFiles(SOUND)].map(({ bytes }) => bytes);
    const below = randomNumbers(20_261_121);
    for (let run = 0; run < 1500; run += 1) {
      const bytes = mutated(seeds, below);
      expect(await brokenPromise(bytes), `run ${String(run)}`).toBeNull();
      expect(await brokenRepair(bytes), `run ${String(run)}`).toBeNull();
    }
  });

  it('cannot keep a reader walking', async () => {
    const chunks = Array.from({ length: 20_000 }, () => ({ id: 'abcd', body: Buffer.alloc(0) }));
    const bytes = wavBytes([formatChunk(), ...chunks, dataChunk(8)]);
    expect(await survey(bytes)).toMatchObject({ word: 'NO_FORMAT' });
    await expect(readLayout(new FileInMemory(bytes), 'a file')).rejects.toThrow('no audio chunk');
  });

  it.each(['data\0\0\0\0', 'LIST\x08\0\0\0', 'guan\x07\0\0\0'])(
    'cannot keep a reader searching: %j again and again',
    async (name) => {
      const head = wavBytes([formatChunk(), dataChunk(0, UNKNOWN)]);
      const rest = Buffer.alloc(300_000, name, 'latin1');
      for (const end of ['no chunk', 'data\0\0\0\0']) {
        const file = new FileInMemory(Buffer.concat([head, rest, Buffer.from(end, 'latin1')]));
        const read = vi.spyOn(file, 'read');
        // Looking behind every name for every other one would take minutes.
        await surveySound(file);
        expect(read.mock.calls.length, end).toBeLessThan(MOST_READS);
      }
    },
  );
});
