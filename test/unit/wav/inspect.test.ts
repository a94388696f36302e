import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { MAX_CHUNKS } from '@main/wav/header';
import { inspectOpen, inspectWav, WavError, type WavInfo } from '@main/wav/inspect';
import { FileInMemory } from '../../support/file-in-memory';
import { temporaryFolder } from '../../support/temporary-folder';
import { dataChunk, formatChunk, plainWav, wavBytes, type WavChunk } from '../../support/wav-bytes';

function file(bytes: Buffer | string): string {
  const path = join(temporaryFolder(), 'a.wav');
  writeFileSync(path, bytes);
  return path;
}

const inspect = (bytes: Buffer | string): Promise<WavInfo> => inspectWav(file(bytes));

async function problemOf(bytes: Buffer | string): Promise<string> {
  const error: unknown = await inspect(bytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WavError);
  return (error as WavError).problem;
}

const text = (id: string, content: string): WavChunk => ({ id, body: Buffer.from(content) });

describe('a WAV file', () => {
  it('is measured', async () => {
    expect(await inspect(plainWav(480))).toEqual({
      sampleRateHz: 48_000,
      channels: 1,
      bitsPerSample: 16,
      frameBytes: 2,
      sampleType: 'integer',
      dataOffset: 44,
      dataBytes: 960,
      frames: 480,
      state: 'whole',
      fileBytes: 1004,
    });
  });

  it.each([
    ['24 bit, four channels', { bits: 24, channels: 4, rate: 96_000 }, 12],
    ['32 bit, stereo', { bits: 32, channels: 2, rate: 384_000 }, 8],
    ['8 bit', { bits: 8, channels: 1, rate: 8000 }, 1],
    ['24 bit, EXTENSIBLE', { bits: 24, validBits: 24, channels: 1, rate: 384_000 }, 3],
  ])('of %s counts whole frames', async (_, format, frameBytes) => {
    const info = await inspect(wavBytes([formatChunk(format), dataChunk(frameBytes * 100)]));
    expect(info).toMatchObject({
      sampleRateHz: format.rate,
      channels: format.channels,
      bitsPerSample: format.bits,
      frameBytes,
      frames: 100,
      state: 'whole',
    });
  });

  it('tells the bits that count from the bits of their container', async () => {
    const bytes = wavBytes([formatChunk({ bits: 32, validBits: 24 }), dataChunk(400)]);
    expect(await inspect(bytes)).toMatchObject({ bitsPerSample: 24, frameBytes: 4, frames: 100 });
  });

  it.each<[string, WavChunk[]]>([
    ['JUNK', [text('JUNK', 'x'.repeat(28))]],
    ['bext', [text('bext', 'b'.repeat(602))]],
    ['LIST', [text('LIST', 'INFOISFT\x0e\0\0\0Lavf59.27.100\0')]],
    ['guan', [text('guan', 'GUANO|Version: 1.0\nLength: 10.0')]],
    ['chunks of odd size', [text('guan', 'odd'), text('LIST', 'odd too')]],
    ['an empty chunk', [text('fact', '')]],
  ])('may hold %s before its audio', async (_, between) => {
    const chunks = [formatChunk(), ...between, dataChunk(200)];
    const info = await inspect(wavBytes(chunks));
    expect(info).toMatchObject({ frames: 100, state: 'whole' });
    expect(info.dataOffset).toBe(wavBytes(chunks).length - 200);
  });

  it('may hold JUNK before its format', async () => {
    const bytes = wavBytes([text('JUNK', 'x'.repeat(28)), formatChunk(), dataChunk(200)]);
    expect(await inspect(bytes)).toMatchObject({ frames: 100, state: 'whole' });
  });

  it('may hold guan and LIST after its audio, which is not taken for sound', async () => {
    const bytes = wavBytes([formatChunk(), dataChunk(199), text('guan', 'GUANO|Version: 1.0')]);
    expect(await inspect(bytes)).toMatchObject({ frames: 99, dataBytes: 198, state: 'whole' });
  });

  it('says that less audio is there than its header promises', async () => {
    const bytes = wavBytes([formatChunk(), dataChunk(200, 400)]);
    expect(await inspect(bytes)).toMatchObject({ frames: 100, state: 'truncated' });
  });

  it('says that it was cut within a frame, and counts the whole ones', async () => {
    const path = file(wavBytes([formatChunk({ channels: 2 }), dataChunk(400)]));
    truncateSync(path, 44 + 398);
    expect(await inspectWav(path)).toMatchObject({
      frames: 99,
      state: 'truncated',
      dataBytes: 396,
    });
  });

  it.each([0, 0xffffffff])(
    'of size %i with audio behind is unfinished, and its audio is counted',
    async (size) => {
      const bytes = wavBytes([formatChunk(), dataChunk(200, size)]);
      expect(await inspect(bytes)).toMatchObject({ frames: 100, state: 'unfinished' });
    },
  );

  it('of size 0 without audio behind holds no frames', async () => {
    expect(await inspect(wavBytes([formatChunk(), dataChunk(0)]))).toMatchObject({
      frames: 0,
      state: 'whole',
    });
  });

  it.each([
    ['with a table of 64-bit sizes', 200n, 'whole'],
    ['that promises more than there is', 2n ** 40n, 'truncated'],
    ['that promises nonsense', 2n ** 64n - 1n, 'truncated'],
  ])('in the form RF64 %s is measured by it', async (_, size, state) => {
    const ds64 = Buffer.alloc(28);
    ds64.writeBigUInt64LE(size, 8);
    const chunks = [{ id: 'ds64', body: ds64 }, formatChunk(), dataChunk(200, 0xffffffff)];
    expect(await inspect(wavBytes(chunks, 'RF64'))).toMatchObject({ frames: 100, state });
  });

  it('in the form BW64 is measured as RF64 is', async () => {
    const ds64 = Buffer.alloc(28);
    ds64.writeBigUInt64LE(200n, 8);
    const chunks = [{ id: 'ds64', body: ds64 }, formatChunk(), dataChunk(200, 0xffffffff)];
    expect(await inspect(wavBytes(chunks, 'BW64'))).toMatchObject({ frames: 100, state: 'whole' });
  });

  it.each([
    ['32 bit', { tag: 3, bits: 32 }, 4],
    ['64 bit, EXTENSIBLE', { subFormat: 3, bits: 64 }, 8],
  ])('of floating point is measured where that is accepted: %s', async (_, format, frameBytes) => {
    const path = file(wavBytes([formatChunk(format), dataChunk(100 * frameBytes)]));
    const info = await inspectWav(path, 'integer or float');
    expect(info).toMatchObject({ sampleType: 'float', frameBytes, frames: 100, state: 'whole' });
  });

  it('as ffmpeg writes it above 48 kHz is EXTENSIBLE and understood', async () => {
    const path = join(temporaryFolder(), 'a.wav');
    const signal = ['-f', 'lavfi', '-i', 'sine=frequency=1000:sample_rate=192000:duration=0.1'];
    execFileSync('ffmpeg', ['-v', 'error', ...signal, '-ac', '2', '-c:a', 'pcm_s24le', path]);
    expect(await inspectWav(path)).toMatchObject({
      sampleRateHz: 192_000,
      channels: 2,
      bitsPerSample: 24,
      frames: 19_200,
      state: 'whole',
    });
  });
});

describe('a file that is none', () => {
  it.each<[string, Buffer | string, string]>([
    ['zero bytes', '', 'EMPTY'],
    ['a text', 'This is not a WAV file, whatever its name.\n', 'NOT_WAV'],
    ['the first letters of one', 'RIFF', 'NOT_WAV'],
    ['an AVI', Buffer.from('RIFF\x00\x00\x00\x00AVI LIST', 'latin1'), 'NOT_WAV'],
    ['zeros', Buffer.alloc(4096), 'NOT_WAV'],
    ['audio before its format', wavBytes([dataChunk(200), formatChunk()]), 'NO_FORMAT'],
    ['nothing but a head', wavBytes([]), 'NO_FORMAT'],
    ['a format chunk that is cut', wavBytes([{ id: 'fmt ', body: Buffer.alloc(8) }]), 'NO_FORMAT'],
    ['no audio', wavBytes([formatChunk(), text('LIST', 'x')]), 'NO_DATA'],
    ['floating point', wavBytes([formatChunk({ tag: 3, bits: 32 }), dataChunk(8)]), 'UNSUPPORTED'],
    [
      'floating point, EXTENSIBLE',
      wavBytes([formatChunk({ subFormat: 3, bits: 32 }), dataChunk(8)]),
      'UNSUPPORTED',
    ],
    ['MP3 in a WAV', wavBytes([formatChunk({ tag: 0x55 }), dataChunk(8)]), 'UNSUPPORTED'],
    ['no channels', wavBytes([formatChunk({ channels: 0 }), dataChunk(8)]), 'UNSUPPORTED'],
    ['a rate of zero', wavBytes([formatChunk({ rate: 0 }), dataChunk(8)]), 'UNSUPPORTED'],
    ['12 bits', wavBytes([formatChunk({ bits: 12, channels: 2 }), dataChunk(8)]), 'UNSUPPORTED'],
  ])('%s: is refused with a word of its own', async (_, bytes, problem) => {
    expect(await problemOf(bytes)).toBe(problem);
  });

  it('is given the error of the system when it cannot be read', async () => {
    const folder = temporaryFolder();
    await expect(inspectWav(join(folder, 'gone.wav'))).rejects.toMatchObject({ code: 'ENOENT' });
    mkdirSync(join(folder, 'b.wav'));
    await expect(inspectWav(join(folder, 'b.wav'))).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

/** Frames, bytes and positions must fit together whatever a file claims. */
function expectConsistent(info: WavInfo, fileBytes: number): void {
  expect(info.fileBytes).toBe(fileBytes);
  expect(info.frameBytes).toBeGreaterThan(0);
  expect(info.dataBytes).toBe(info.frames * info.frameBytes);
  expect(info.dataOffset + info.dataBytes).toBeLessThanOrEqual(fileBytes);
  expect(info.bitsPerSample).toBeLessThanOrEqual((info.frameBytes / info.channels) * 8);
  expect(Number.isInteger(info.frames) && info.frames >= 0).toBe(true);
}

async function neverSurprises(path: string, bytes: Buffer): Promise<void> {
  writeFileSync(path, bytes);
  try {
    expectConsistent(await inspectWav(path), bytes.length);
  } catch (error) {
    if (!(error instanceof WavError)) throw error;
  }
}

describe('whatever a file holds', () => {
  const chunk = fc.record({
    id: fc.constantFrom('fmt ', 'data', 'ds64', 'JUNK', 'guan', '\0\0\0\0'),
    body: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    size: fc.option(fc.integer({ min: 0, max: 0xffffffff }), { nil: undefined }),
  });
  const format = fc
    .record({
      channels: fc.integer({ min: 0, max: 16 }),
      bits: fc.constantFrom(0, 8, 12, 16, 24, 32, 64),
      rate: fc.integer({ min: 0, max: 800_000 }),
      validBits: fc.option(fc.integer({ min: 0, max: 64 }), { nil: undefined }),
    })
    .map(({ validBits, ...rest }) =>
      formatChunk(validBits === undefined ? rest : { ...rest, validBits }),
    );

  it('the answer is a measure that fits together, or a WavError', async () => {
    const path = file('');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('RIFF', 'RF64'),
        fc.array(fc.oneof(chunk, format), { maxLength: 6 }),
        fc.nat({ max: 400 }),
        async (form, chunks, cut) => {
          const bytes = wavBytes(chunks as WavChunk[], form);
          await neverSurprises(path, bytes.subarray(0, Math.max(1, bytes.length - cut)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('random bytes surprise nobody', async () => {
    const path = file('');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await neverSurprises(path, Buffer.from(bytes));
      }),
      { numRuns: 100 },
    );
  });

  it('a million tiny chunks do not hold anybody up', async () => {
    const tiny = Buffer.alloc(8 * 1_000_000); // each: no name, no bytes
    const bytes = Buffer.concat([wavBytes([formatChunk()]), tiny]);
    const open = new FileInMemory(bytes);
    const read = vi.spyOn(open, 'read');
    await expect(inspectOpen(open, 'a file', bytes.length)).rejects.toMatchObject({
      problem: 'NO_DATA',
    });
    expect(read.mock.calls.length).toBeLessThan(MAX_CHUNKS + 10);
  });
});
