import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGuano, writeGuano } from '@main/wav/guano';
import { inspectWav, WavError } from '@main/wav/inspect';
import { repairWav } from '@main/wav/repair';
import { temporaryFolder } from '../../support/temporary-folder';
import { readSamples } from '../../support/wav-samples';

/** The same runs every time: a failure here is a change of the code. */
const SEED = 20_261_121;
const UNKNOWN = 0xffffffff;

const FORMATS = [
  ['pcm_s16le', 48_000, 1, 'never'],
  ['pcm_s16le', 384_000, 2, 'auto'],
  ['pcm_s24le', 192_000, 1, 'never'],
  ['pcm_s24le', 384_000, 2, 'auto'],
  ['pcm_s32le', 48_000, 1, 'never'],
  ['pcm_s32le', 192_000, 2, 'auto'],
] as const;

interface Sample {
  readonly bytes: Buffer;
  readonly audio: Buffer;
  readonly dataOffset: number;
  readonly frameBytes: number;
}

const samples: Sample[] = [];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  for (const [codec, rate, channels, rf64] of FORMATS) {
    const path = join(folder, `${codec}-${String(rate)}.wav`);
    const noise = `anoisesrc=r=${String(rate)}:seed=7:a=0.5,atrim=end_sample=1001`;
    const to = ['-ac', String(channels), '-c:a', codec, '-rf64', rf64, path];
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', noise, ...to]);
    const { info, audio } = await readSamples(path);
    const { dataOffset, frameBytes } = info;
    samples.push({ bytes: readFileSync(path), audio, dataOffset, frameBytes });
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const size = fc.constantFrom('true' as const, 0, UNKNOWN);

function scrambled(sample: Sample, riff: 'true' | number, data: 'true' | number): Buffer {
  const bytes = Buffer.from(sample.bytes);
  if (riff !== 'true') bytes.writeUInt32LE(riff, 4);
  if (data !== 'true') bytes.writeUInt32LE(data, sample.dataOffset - 4);
  return bytes;
}

describe('files that ffmpeg wrote, damaged as kills and power cuts damage them', () => {
  const which = fc.nat({ max: FORMATS.length - 1 });

  it('are repaired to the frames whose bytes are there, and take their metadata', async () => {
    const path = join(temporaryFolder(), 'a.wav');
    await fc.assert(
      fc.asyncProperty(
        which,
        size,
        size,
        fc.nat({ max: 20_000 }),
        async (index, riff, data, cut) => {
          const sample = samples[index]!;
          const { dataOffset, frameBytes, audio } = sample;
          const damaged = scrambled(sample, riff, data);
          const bytes = damaged.subarray(0, damaged.length - (cut % damaged.length));
          const kept = Math.min(audio.length, Math.max(0, bytes.length - dataOffset));
          const frames = Math.floor(kept / frameBytes);
          writeFileSync(path, bytes);
          expect(await repairWav(path)).toMatchObject({ frames });
          if (frames === 0) return;
          await writeGuano(
            path,
            new Map([
              ['Note', 'x'.repeat(cut % 500)],
              ['TE', '1'],
            ]),
          );
          const after = await readSamples(path);
          expect(after.info).toMatchObject({ state: 'whole', frames });
          expect(after.audio.equals(audio.subarray(0, frames * frameBytes))).toBe(true);
          expect((await readGuano(path))?.get('TE')).toBe('1');
        },
      ),
      { numRuns: 250, seed: SEED },
    );
  });

  it('keep all their audio when they are cut within their metadata', async () => {
    const path = join(temporaryFolder(), 'a.wav');
    await fc.assert(
      fc.asyncProperty(which, fc.nat({ max: 600 }), fc.boolean(), async (index, left, counted) => {
        const sample = samples[index]!;
        writeFileSync(path, sample.bytes);
        await writeGuano(path, new Map([['Note', 'x'.repeat(500)]]));
        const bytes = readFileSync(path);
        if (!counted) sample.bytes.copy(bytes, 4, 4, 8);
        writeFileSync(path, bytes.subarray(0, Math.min(bytes.length, sample.bytes.length + left)));
        const { frames } = await repairWav(path);
        const after = await readSamples(path);
        expect(frames).toBe(sample.audio.length / sample.frameBytes);
        expect(after.audio.equals(sample.audio)).toBe(true);
        expect((await inspectWav(path)).state).toBe('whole');
      }),
      { numRuns: 150, seed: SEED },
    );
  });

  it('with any bytes of their header changed are repaired, or refused in words', async () => {
    const path = join(temporaryFolder(), 'a.wav');
    const changes = fc.array(fc.tuple(fc.nat({ max: 140 }), fc.nat({ max: 255 })), {
      maxLength: 8,
    });
    const expected = fc.option(
      fc.constant({ sampleRateHz: 384_000, channels: 1, bitsPerSample: 24 }),
      { nil: undefined },
    );
    await fc.assert(
      fc.asyncProperty(which, changes, expected, async (index, bytesAt, knowledge) => {
        const bytes = Buffer.from(samples[index]!.bytes);
        for (const [position, byte] of bytesAt) bytes[position] = byte;
        writeFileSync(path, bytes);
        try {
          const { frames } = await repairWav(path, knowledge);
          const once = readFileSync(path);
          expect(await repairWav(path, knowledge)).toMatchObject({ repaired: false, frames });
          expect(readFileSync(path).equals(once)).toBe(true);
        } catch (error) {
          if (!(error instanceof WavError)) throw error;
        }
      }),
      { numRuns: 400, seed: SEED },
    );
  });
});
