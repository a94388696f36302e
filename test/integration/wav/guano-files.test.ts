import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readGuano, writeGuano } from '@main/wav/guano';
import { inspectWav } from '@main/wav/inspect';
import { repairWav } from '@main/wav/repair';
import { pcmDigest } from '../../support/killed-capture';
import { temporaryFolder } from '../../support/temporary-folder';
import { typescriptProcess } from '../../support/typescript-process';
import { readSamples } from '../../support/wav-samples';

const fields = new Map([
  ['GUANO|Version', '1.0'],
  ['Timestamp', '2026-11-21T21:15:00.250+01:00'],
  ['Note', 'Fledermäuse 🦇\nover two lines'],
]);

function recorded(codec: string, frames: number, options: readonly string[] = []): string {
  const path = join(temporaryFolder(), 'a.wav');
  const signal = [
    '-f',
    'lavfi',
    '-i',
    `sine=sample_rate=192000,atrim=end_sample=${String(frames)}`,
  ];
  execFileSync('ffmpeg', ['-v', 'error', ...signal, '-c:a', codec, ...options, path]);
  return path;
}

describe('a recording with GUANO metadata', () => {
  it.each([
    ['16 bit', 'pcm_s16le', 38_401, []],
    ['24 bit, padded', 'pcm_s24le', 38_401, []],
    ['32 bit', 'pcm_s32le', 38_401, []],
    // ffmpeg counts padding as audio in RF64 files: there must be none.
    ['RF64', 'pcm_s24le', 38_400, ['-rf64', 'always']],
  ])('is read by another program as before: %s', async (_, codec, frames, options) => {
    const path = recorded(codec, frames, options);
    const before = pcmDigest(path);
    await writeGuano(path, fields);
    expect(pcmDigest(path)).toBe(before);
    expect(await inspectWav(path)).toMatchObject({ state: 'whole', frames });
    expect(await readGuano(path)).toEqual(fields);
    const probe = ['-v', 'warning', '-show_entries', 'stream=duration_ts', '-of', 'csv=p=0', path];
    expect(execFileSync('ffprobe', probe, { encoding: 'utf8' }).trim()).toBe(String(frames));
  });

  it('survives that its writer is killed at any moment, its audio untouched', async () => {
    const original = recorded('pcm_s24le', 38_401);
    const { audio } = await readSamples(original);
    const path = join(temporaryFolder(), 'b.wav');
    const guano = pathToFileURL(resolve(import.meta.dirname, '../../../main/wav/guano.ts')).href;
    for (let round = 0; round < 20; round += 1) {
      copyFileSync(original, path);
      const writer = await typescriptProcess(`
        const { writeGuano } = await import(${JSON.stringify(guano)});
        console.log('ready');
        for (let i = 0; i < 400; i += 1) {
          await writeGuano(${JSON.stringify(path)}, new Map([['Note', 'x'.repeat(i % 977)], ['I', String(i)]]));
        }`);
      // Not a wait for anything: the moment is to be another one each time.
      await new Promise((done) => setTimeout(done, round * 3));
      const gone = once(writer, 'exit');
      writer.kill('SIGKILL');
      await gone;
      const { frames } = await repairWav(path);
      expect(frames).toBe(38_401);
      expect((await readSamples(path)).audio.equals(audio)).toBe(true);
      await writeGuano(path, fields);
      expect(await readGuano(path)).toEqual(fields);
      expect((await readSamples(path)).audio.equals(audio)).toBe(true);
    }
  });
});
