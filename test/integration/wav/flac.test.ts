import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listCommandLines } from '@main/process/identity';
import { readGuano } from '@main/wav/guano';
import { inspectWav } from '@main/wav/inspect';
import { SourceChangedError, storedBytes } from '@main/wav/stored-bytes';
import { type KeepableSound, surveySound } from '@main/wav/survey';
import { orderedFiles } from '../../support/corpus/hand-made';
import { mutated } from '../../support/corpus/mutations';
import { brokenPromise } from '../../support/corpus/survey-promises';
import { randomNumbers } from '../../support/random-numbers';
import { temporaryFolder } from '../../support/temporary-folder';
import { readSamples } from '../../support/wav-samples';

const random = randomNumbers(11);
const SOUND = Buffer.from(Array.from({ length: 96_000 }, () => random(256)));
const hasFlac = spawnSync('flac', ['--version']).status === 0;

function flacOf(wav: string, options: readonly string[] = []): string {
  const path = wav.replace(/\.wav$/, '.flac');
  execFileSync('flac', ['--silent', '-f', ...options, '-o', path, wav], { stdio: 'pipe' });
  return path;
}

async function surveyOf(path: string): Promise<KeepableSound> {
  const handle = await open(path, 'r');
  try {
    const survey = await surveySound(handle);
    if (survey.kind === 'refused') throw new Error(survey.note);
    return survey;
  } finally {
    await handle.close();
  }
}

async function keptOf(path: string, ffmpeg = 'ffmpeg'): Promise<Buffer> {
  const { stored } = await surveyOf(path);
  const handle = await open(path, 'r');
  try {
    const pieces: Buffer[] = [];
    const { signal } = new AbortController();
    for await (const piece of storedBytes({ handle, path, ffmpeg }, stored, signal)) {
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    await handle.close();
  }
}

/** Some that are whole and that `flac` accepts. */
const names = [
  'plain',
  'AudioMoth',
  'everything at once',
  'chunks of odd sizes',
  '24 bit of odd length',
  '8 bit of odd length',
  'RF64',
];
const wholes = orderedFiles(SOUND).filter(({ name }) => names.includes(name));

describe.skipIf(!hasFlac)('a FLAC file', () => {
  it.each(wholes.map((file) => [file.name, file] as const))(
    'that keeps the chunks of its WAV file becomes that file again, bit by bit: %s',
    async (_, { bytes }) => {
      const wav = join(temporaryFolder(), 'a.wav');
      writeFileSync(wav, bytes);
      const path = flacOf(wav, ['--keep-foreign-metadata']);
      expect((await keptOf(path)).equals(bytes)).toBe(true);
    },
  );

  it('without them is decoded into a whole WAV file with its comments', async () => {
    const wav = join(temporaryFolder(), 'a.wav');
    writeFileSync(wav, wholes[0]!.bytes);
    const path = flacOf(wav, ['--tag=COMMENT=by the pond', '--tag=Artist=AudioMoth 24F3']);
    const survey = await surveyOf(path);
    expect(survey).toMatchObject({
      kind: 'convertible',
      facts: { container: 'flac', sampleRateHz: 48_000, frames: 48_000 },
      metadata: { comment: 'by the pond', artist: 'AudioMoth 24F3', guano: null },
    });
    const kept = join(temporaryFolder(), 'kept.wav');
    writeFileSync(kept, await keptOf(path));
    expect((await inspectWav(kept)).state).toBe('whole');
    expect((await readSamples(kept)).audio.equals(SOUND)).toBe(true);
    expect((await surveyOf(kept)).metadata).toMatchObject({
      comment: 'by the pond',
      artist: 'AudioMoth 24F3',
    });
  });

  it('keeps the GUANO of its WAV file', async () => {
    const wav = join(temporaryFolder(), 'a.wav');
    writeFileSync(wav, wholes.find(({ name }) => name === 'everything at once')!.bytes);
    const path = flacOf(wav, ['--keep-foreign-metadata']);
    expect((await surveyOf(path)).metadata.guano?.get('Model')).toBe('Song Meter Mini Bat');
    const kept = join(temporaryFolder(), 'kept.wav');
    writeFileSync(kept, await keptOf(path));
    expect((await readGuano(kept))?.get('Note')).toBe('über dem Teich');
  });

  it.each([
    ['cut in the middle', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    [
      'cut in the middle, and without a sum of its samples',
      (bytes: Buffer) =>
        Buffer.from(bytes)
          .fill(0, 26, 42)
          .subarray(0, bytes.length / 2),
    ],
    [
      'damaged in the middle',
      (bytes: Buffer) => Buffer.from(bytes).fill(0x55, bytes.length / 2, bytes.length / 2 + 3000),
    ],
    ['with another sum of its samples', (bytes: Buffer) => Buffer.from(bytes).fill(0xee, 26, 42)],
  ])('%s is not taken for whole', async (_, damage) => {
    const wav = join(temporaryFolder(), 'a.wav');
    writeFileSync(wav, wholes[0]!.bytes);
    const path = flacOf(wav);
    writeFileSync(path, damage(readFileSync(path)));
    await expect(keptOf(path)).rejects.toBeInstanceOf(SourceChangedError);
  });

  it('is not called damaged where there is no decoder', async () => {
    const wav = join(temporaryFolder(), 'a.wav');
    writeFileSync(wav, wholes[0]!.bytes);
    const error: unknown = await keptOf(flacOf(wav), '/nowhere/ffmpeg').catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(SourceChangedError);
    expect(String(error)).toContain('ENOENT');
  });

  it('whose decoding is called off leaves no decoder behind', async () => {
    const wav = join(temporaryFolder(), 'a.wav');
    writeFileSync(wav, wholes[0]!.bytes);
    const path = flacOf(wav);
    const { stored } = await surveyOf(path);
    const calledOff = new AbortController();
    const handle = await open(path, 'r');
    const copying = storedBytes({ handle, path, ffmpeg: 'ffmpeg' }, stored, calledOff.signal);
    await copying.next();
    await copying.next();
    calledOff.abort(new Error('called off'));
    const rest = (async () => {
      for await (const piece of copying) expect(piece.length).toBeGreaterThan(0);
    })();
    await expect(rest).rejects.toThrow('called off');
    await handle.close();
    const decoders = async (): Promise<number> =>
      (await listCommandLines()).filter(({ args }) => args.includes(`file:${path}`)).length;
    await expect.poll(decoders).toBe(0);
  });

  it('with any bytes of its header changed surprises nobody', async () => {
    const wav = join(temporaryFolder(), 'a.wav');
    writeFileSync(wav, wholes.find(({ name }) => name === 'everything at once')!.bytes);
    const bytes = readFileSync(flacOf(wav, ['--keep-foreign-metadata'])).subarray(0, 8000);
    for (let run = 0; run < 1000; run += 1) {
      expect(await brokenPromise(mutated([bytes], random)), `run ${String(run)}`).toBeNull();
    }
  });
});
