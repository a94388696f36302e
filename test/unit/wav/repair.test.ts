import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLayout, type WavLayout } from '@main/wav/layout';
import { inspectWav, WavError } from '@main/wav/inspect';
import { newHeader } from '@main/wav/new-header';
import { planRepair } from '@main/wav/repair-plan';
import { repairWav, type WavRepair } from '@main/wav/repair';
import { applied, interruptedEdits } from '../../support/interrupted-edits';
import { temporaryFolder } from '../../support/temporary-folder';
import { dataChunk, formatChunk, plainWav, wavBytes, type WavChunk } from '../../support/wav-bytes';
import { readSamples } from '../../support/wav-samples';

const UNKNOWN = 0xffffffff;
const GUANO = 'GUANO|Version: 1.0\nTimestamp: 2026-11-21T21:15:00.250+01:00\n';

function file(bytes: Buffer | string): string {
  const path = join(temporaryFolder(), 'a.wav');
  writeFileSync(path, bytes);
  return path;
}

const text = (id: string, content: string): WavChunk => ({ id, body: Buffer.from(content) });

/** Sound that looks like no chunk and is nowhere silent. */
function sound(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, i) => 0x80 | ((i * 31) % 127)));
}

interface Sizes {
  readonly riff?: number;
  readonly data?: number;
}

/** A file as ffmpeg lays it out, with other sizes in its header. */
function fileOfOurs(
  audio: Buffer,
  format: Parameters<typeof formatChunk>[0] = {},
  { riff, data }: Sizes = {},
  { before = [] as WavChunk[], after = [] as WavChunk[] } = {},
): Buffer {
  const list = text('LIST', 'INFOISFT\x0e\0\0\0Lavf59.27.100\0');
  const bytes = wavBytes([...before, formatChunk(format), list, dataChunk(audio, data), ...after]);
  if (riff !== undefined) bytes.writeUInt32LE(riff, 4);
  return bytes;
}

/** What a repair made of the bytes, after it was seen that a second one changes nothing. */
async function repaired(
  bytes: Buffer,
  expected?: Parameters<typeof repairWav>[1],
): Promise<WavRepair & { path: string; audio: Buffer; bytes: Buffer }> {
  const path = file(bytes);
  const result = await repairWav(path, expected);
  const once = readFileSync(path);
  expect(await repairWav(path, expected)).toMatchObject({ repaired: false, frames: result.frames });
  expect(readFileSync(path).equals(once)).toBe(true);
  expect(readdirSync(dirname(path))).toEqual(['a.wav']);
  if (result.frames === 0) return { ...result, path, audio: Buffer.alloc(0), bytes: once };
  const { info, audio } = await readSamples(path);
  expect(info).toMatchObject({ state: 'whole', frames: result.frames });
  return { ...result, path, audio, bytes: once };
}

describe('a WAV file that its writer did not finish', () => {
  it.each<[string, Sizes]>([
    ['both sizes unknown, as SIGKILL leaves them', { riff: UNKNOWN, data: UNKNOWN }],
    ['both sizes zero', { riff: 0, data: 0 }],
    ['only the size of the audio filled in', { riff: UNKNOWN }],
    ['only the size of the whole filled in', { data: UNKNOWN }],
    ['too small a size of the audio', { data: 100 }],
    ['too large a size of the audio', { data: 5000 }],
    ['too small a size of the whole', { riff: 40 }],
    ['too large a size of the whole', { riff: 50_000 }],
    ['a size of the audio that was counted round', { riff: UNKNOWN, data: 8 }],
  ])('with %s is whole again, every sample in its place', async (_, sizes) => {
    const audio = sound(960);
    const result = await repaired(fileOfOurs(audio, {}, sizes));
    expect(result).toMatchObject({ repaired: true, frames: 480 });
    expect(result.note).not.toBe('');
    expect(result.bytes.equals(fileOfOurs(audio))).toBe(true);
  });

  it.each([
    ['16 bit', { bits: 16 }, 2],
    ['24 bit', { bits: 24, validBits: 24, rate: 384_000 }, 3],
    ['32 bit, stereo', { bits: 32, channels: 2, validBits: 32, rate: 192_000 }, 8],
  ])('and was cut within a frame keeps its whole ones: %s', async (_, format, frameBytes) => {
    for (const left of Array.from({ length: frameBytes }, (__, i) => i)) {
      const audio = sound(frameBytes * 101);
      const cut = fileOfOurs(audio, format, { riff: UNKNOWN, data: UNKNOWN });
      const end = cut.length - (audio.length % 2) - frameBytes + left;
      const result = await repaired(cut.subarray(0, end));
      expect(result.frames).toBe(100);
      expect(result.audio.equals(audio.subarray(0, frameBytes * 100))).toBe(true);
      expect(result.note.includes('no whole frame')).toBe(left > 0);
    }
  });

  it('whose size of the audio ends within its last frame keeps that frame', async () => {
    const audio = sound(960);
    const result = await repaired(fileOfOurs(audio, {}, { riff: UNKNOWN, data: 959 }));
    expect(result.frames).toBe(480);
    expect(result.audio.equals(audio)).toBe(true);
  });

  it('of an odd length is padded, as the format wants it', async () => {
    const audio = sound(33);
    const format = { bits: 24, validBits: 24 };
    const unfinished = fileOfOurs(audio, format, { riff: UNKNOWN, data: UNKNOWN }).subarray(0, -1);
    const result = await repaired(unfinished);
    expect(result.frames).toBe(11);
    expect(result.bytes.equals(fileOfOurs(audio, format))).toBe(true);
  });

  it('and has a place for 64-bit sizes stays a plain one while it is small', async () => {
    const before = [{ id: 'JUNK', body: Buffer.alloc(28) }];
    const audio = sound(800);
    const sizes = { riff: UNKNOWN, data: UNKNOWN };
    const result = await repaired(fileOfOurs(audio, {}, sizes, { before }));
    expect(result.bytes.equals(fileOfOurs(audio, {}, {}, { before }))).toBe(true);
  });

  it.each([
    ['nothing', 0n, 0n],
    ['nonsense', 2n ** 64n - 1n, 2n ** 64n - 1n],
    ['less than there is', 300n, 100n],
  ])('of the form RF64 whose table says %s is whole again', async (_, riff, data) => {
    const ds64 = Buffer.alloc(28);
    ds64.writeBigUInt64LE(riff, 0);
    ds64.writeBigUInt64LE(data, 8);
    const audio = sound(800);
    const chunks = [{ id: 'ds64', body: ds64 }, formatChunk(), dataChunk(audio, UNKNOWN)];
    const result = await repaired(wavBytes(chunks, 'RF64'));
    expect(result).toMatchObject({ repaired: true, frames: 400 });
    expect(result.audio.equals(audio)).toBe(true);
    expect(result.bytes.readBigUInt64LE(20)).toBe(BigInt(result.bytes.length - 8));
    expect(result.bytes.readBigUInt64LE(28)).toBe(800n);
  });

  // As ext4 leaves them after a failed disk: from 512 bytes on, and from any byte of a block.
  it.each([512, 12_000])('may end in %i zeros: they stay, and are told', async (zeros) => {
    const audio = Buffer.concat([sound(5000), Buffer.from([1, 1]), Buffer.alloc(zeros)]);
    const result = await repaired(fileOfOurs(audio, {}, { riff: UNKNOWN, data: UNKNOWN }));
    expect(result.frames).toBe(audio.length / 2);
    expect(result.audio.equals(audio)).toBe(true);
    expect(result.note).toContain(`the last ${String(zeros)} bytes are zeros`);
  });

  it('keeps the chunks behind its audio', async () => {
    const after = [text('LIST', 'INFOISFT\x04\0\0\0abc\0'), text('guan', GUANO)];
    for (const sizes of [{ riff: UNKNOWN }, { riff: 0 }, { riff: 900 }]) {
      const result = await repaired(fileOfOurs(sound(800), {}, sizes, { after }));
      expect(result.bytes.equals(fileOfOurs(sound(800), {}, {}, { after }))).toBe(true);
    }
  });

  it.each([0, UNKNOWN])('of size %i does not take its GUANO chunk for sound', async (data) => {
    const format = { bits: 24, validBits: 24 };
    for (const frames of [100, 101]) {
      const whole = fileOfOurs(sound(frames * 3), format, {}, { after: [text('guan', GUANO)] });
      const sizes = { riff: UNKNOWN, data };
      const broken = fileOfOurs(sound(frames * 3), format, sizes, { after: [text('guan', GUANO)] });
      const result = await repaired(broken);
      expect(result.frames).toBe(frames);
      expect(result.bytes.equals(whole)).toBe(true);
      expect((await repaired(broken.subarray(0, -9))).frames).toBe(frames);
    }
  });

  it('loses the part of a GUANO chunk that is there, and nothing else', async () => {
    const whole = fileOfOurs(sound(800), {}, {}, { after: [text('guan', GUANO)] });
    const start = fileOfOurs(sound(800)).length;
    for (let end = start + 1; end < whole.length; end += 1) {
      const result = await repaired(whole.subarray(0, end));
      expect(result.bytes.equals(fileOfOurs(sound(800)))).toBe(true);
    }
  });
});

describe('a WAV file without a header that can be mended', () => {
  const expected = { sampleRateHz: 384_000, channels: 1, bitsPerSample: 24 };
  const format = { bits: 24, validBits: 24, rate: 384_000 };
  const ours = fileOfOurs(sound(12_000), format);

  it('gets a new one when its first block was lost', async () => {
    const lost = Buffer.from(ours);
    lost.fill(0, 0, 4096);
    const result = await repaired(lost, expected);
    expect(result).toMatchObject({ repaired: true, frames: 4000 });
    expect(result.audio.subarray(-6000).equals(sound(12_000).subarray(-6000))).toBe(true);
    expect(await inspectWav(result.path)).toMatchObject({ ...expected, frames: 4000 });
  });

  it('is told by a sibling where its audio begins', async () => {
    const longer = fileOfOurs(
      sound(12_000),
      format,
      {},
      { before: [text('JUNK', 'x'.repeat(28))] },
    );
    longer.fill(0, 0, 4096);
    const result = await repaired(longer, { ...expected, dataOffset: 138 });
    expect(result.frames).toBe(4000);
    expect(result.audio.subarray(-6000).equals(sound(12_000).subarray(-6000))).toBe(true);
  });

  it('gets a new one when a chunk of the old one is damaged', async () => {
    const damaged = Buffer.from(ours);
    damaged.writeUInt32LE(0x7fffffff, 64); // the size of LIST
    const result = await repaired(damaged, expected);
    expect(result.frames).toBe(4000);
    expect(result.audio.equals(sound(12_000))).toBe(true);
  });

  it('is refused as it is when nobody knows what it holds', async () => {
    const lost = Buffer.from(ours);
    lost.fill(0, 0, 4096);
    const path = file(lost);
    await expect(repairWav(path)).rejects.toMatchObject({ problem: 'NOT_WAV' });
    expect(readFileSync(path).equals(lost)).toBe(true);
  });

  it('has no frames when it ends within its header', async () => {
    for (let end = 0; end <= 102; end += 1) {
      for (const knowledge of [undefined, expected]) {
        const result = await repaired(ours.subarray(0, end), knowledge);
        expect(result, String(end)).toMatchObject({ frames: 0 });
      }
    }
  });

  it('has no frames when none of it was ever written', async () => {
    const result = await repaired(Buffer.alloc(100_000), expected);
    expect(result).toMatchObject({ repaired: false, frames: 0 });
    expect(result.note).toContain('zeros');
  });

  it.each<[string, Buffer | string, string]>([
    ['a text', 'This is not a WAV file, whatever its name.\n', 'NOT_WAV'],
    ['an AVI', Buffer.from('RIFF\x00\x00\x00\x00AVI LIST', 'latin1'), 'NOT_WAV'],
    ['floating point', wavBytes([formatChunk({ tag: 3, bits: 32 }), dataChunk(8)]), 'UNSUPPORTED'],
    ['noise', sound(10_000), 'NOT_WAV'],
  ])('is refused and left alone when it is %s', async (_, bytes, problem) => {
    const path = file(bytes);
    await expect(repairWav(path, expected)).rejects.toMatchObject({ problem });
    expect(readFileSync(path).equals(Buffer.from(bytes))).toBe(true);
  });

  it('says what the system says when it cannot be read', async () => {
    const path = join(temporaryFolder(), 'gone.wav');
    await expect(repairWav(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a whole file', () => {
  it.each<[string, Buffer]>([
    ['a plain one', plainWav(480)],
    ['one without audio', plainWav(0)],
    ['an odd one', fileOfOurs(sound(33), { bits: 24, validBits: 24 })],
    ['one with chunks behind', fileOfOurs(sound(80), {}, {}, { after: [text('guan', GUANO)] })],
    ['an odd 8-bit one', wavBytes([formatChunk({ bits: 8 }), dataChunk(sound(33))])],
  ])('is not touched: %s', async (_, bytes) => {
    const result = await repaired(bytes);
    expect(result).toMatchObject({ repaired: false, note: '' });
    expect(result.bytes.equals(bytes)).toBe(true);
  });
});

describe('a file of more than 4 GiB', () => {
  const huge = 5 * 2 ** 30;
  const layout = (ds64Place: number | null): WavLayout => ({
    fileBytes: huge,
    header: {
      form: 'RIFF',
      riffSize: UNKNOWN,
      ds64: null,
      ds64Place,
      format: {
        sampleRateHz: 384_000,
        channels: 2,
        bitsPerSample: 32,
        frameBytes: 8,
        sampleType: 'integer',
      },
      chunks: [],
      dataOffset: 136,
      dataSize: UNKNOWN,
    },
    tail: null,
    guano: null,
    zeroBytesAtEnd: 0,
  });

  it('becomes RF64 in place where a place was kept free', () => {
    const { edits, frames } = planRepair(layout(12));
    expect(frames).toBe((huge - 136) / 8);
    const header = applied(Buffer.alloc(200, 0xff), edits!);
    expect(header.toString('latin1', 0, 4)).toBe('RF64');
    expect(header.toString('latin1', 12, 16)).toBe('ds64');
    expect(header.readBigUInt64LE(20)).toBe(BigInt(huge - 8));
    expect(header.readBigUInt64LE(28)).toBe(BigInt(huge - 136));
    expect(header.readUInt32LE(132)).toBe(UNKNOWN);
  });

  it('needs a new header where none was', () => {
    expect(planRepair(layout(null)).edits).toBeNull();
    const header = newHeader({ sampleRateHz: 384_000, channels: 2, bitsPerSample: 32 }, huge);
    expect(header.toString('latin1', 0, 4)).toBe('RF64');
    expect(header.readBigUInt64LE(20)).toBe(BigInt(huge + header.length - 8));
  });
});

/** Files as our captures write them, and what a kill leaves of their sizes. */
const killedFiles = fc
  .record({
    format: fc.constantFrom(
      { bits: 16, rate: 48_000, channels: 1 },
      { bits: 16, rate: 48_000, channels: 2 },
      { bits: 24, validBits: 24, rate: 384_000, channels: 1 },
      { bits: 24, validBits: 24, rate: 192_000, channels: 2 },
      { bits: 32, validBits: 32, rate: 192_000, channels: 1 },
      { bits: 32, validBits: 32, rate: 384_000, channels: 2 },
    ),
    frames: fc.nat({ max: 300 }),
    seed: fc.uint8Array({ minLength: 2400, maxLength: 2400 }),
    rf64: fc.boolean(),
    riff: fc.constantFrom('true' as const, 'zero' as const, 'unknown' as const),
    data: fc.oneof(
      fc.constantFrom('true' as const, 'zero' as const, 'unknown' as const),
      fc.nat({ max: 2400 }),
    ),
    silent: fc.boolean(),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ format, frames, seed, rf64, riff, data, silent, cut }) => {
    const frameBytes = (format.bits / 8) * format.channels;
    const audio = silent
      ? Buffer.alloc(frames * frameBytes)
      : Buffer.from(seed).subarray(0, frames * frameBytes);
    const before = rf64 ? [{ id: 'JUNK', body: Buffer.alloc(28) }] : [];
    const size = { true: undefined, zero: 0, unknown: UNKNOWN };
    // A number: the size was counted round, or stands half written.
    const dataSize = typeof data === 'number' ? data : size[data];
    const riffSize = typeof data === 'number' ? UNKNOWN : size[riff];
    const sizes: Sizes = {
      ...(riffSize === undefined ? {} : { riff: riffSize }),
      ...(dataSize === undefined ? {} : { data: dataSize }),
    };
    const whole = fileOfOurs(audio, format, sizes, { before });
    const bytes = whole.subarray(0, Math.round(cut * whole.length));
    const dataOffset = whole.length - audio.length - (audio.length % 2);
    const kept = Math.min(audio.length, Math.max(0, bytes.length - dataOffset));
    const expectedFrames = Math.floor(kept / frameBytes);
    return { bytes, audio: audio.subarray(0, expectedFrames * frameBytes), expectedFrames };
  });

describe('any file of ours, cut at any byte, whatever sizes it has', () => {
  it('is repaired to exactly the frames whose bytes are there', async () => {
    await fc.assert(
      fc.asyncProperty(killedFiles, async ({ bytes, audio, expectedFrames }) => {
        const result = await repaired(bytes);
        expect(result.frames).toBe(expectedFrames);
        expect(result.audio.equals(audio)).toBe(true);
      }),
      { numRuns: 250 },
    );
  });

  it('is repaired to the same when the repair itself is killed at any byte', async () => {
    await fc.assert(
      fc.asyncProperty(killedFiles, async ({ bytes, audio, expectedFrames }) => {
        fc.pre(expectedFrames > 0);
        const { edits } = planRepair(await layoutOf(bytes));
        for (const state of interruptedEdits(bytes, edits!)) {
          const path = file(state);
          expect(await repairWav(path)).toMatchObject({ frames: expectedFrames });
          expect((await readSamples(path)).audio.equals(audio)).toBe(true);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('or any other bytes, surprises nobody', async () => {
    const path = file('');
    const start = fc.constantFrom(
      Buffer.alloc(0),
      Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1'),
      plainWav(3),
      Buffer.alloc(12),
    );
    const expected = { sampleRateHz: 48_000, channels: 1, bitsPerSample: 16 };
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.uint8Array({ maxLength: 300 }),
        fc.option(fc.constant(expected), { nil: undefined }),
        async (head, rest, knowledge) => {
          writeFileSync(path, Buffer.concat([head, rest]));
          try {
            const { frames } = await repairWav(path, knowledge);
            expect(frames).toBeGreaterThanOrEqual(0);
            expect(await repairWav(path, knowledge)).toMatchObject({ repaired: false, frames });
          } catch (error) {
            if (!(error instanceof WavError)) throw error;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

async function layoutOf(bytes: Buffer): Promise<WavLayout> {
  const path = file(bytes);
  const handle = await open(path, 'r');
  try {
    return await readLayout(handle, path);
  } finally {
    await handle.close();
  }
}
