import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertedFiles } from './converted';
import type { CorpusFile } from './corpus-file';
import { damagedFiles, orderedFiles } from './hand-made';

/**
 * The formats, chunk orders and damages of the field, made of real sounds: some 130 files of a fifth of a second, each
 * with what it must be found to be. Takes some two seconds.
 * @param sounds what ffmpeg can read
 */
export function makeCorpus(folder: string, sounds: readonly string[]): CorpusFile[] {
  mkdirSync(join(folder, 'converted'), { recursive: true });
  const converted = convertedFiles(join(folder, 'converted'), sounds);
  const sound = samplesOf(sounds[0]!);
  const handMade = [
    ['orders', orderedFiles(sound)],
    ['damaged', damagedFiles(sound)],
  ] as const;
  const made = handMade.flatMap(([group, files]) => {
    mkdirSync(join(folder, group), { recursive: true });
    return files.map(({ name, bytes, expected, ending = 'wav' }) => {
      const path = join(folder, group, `${name}.${ending}`);
      writeFileSync(path, bytes);
      return { name, path, expected };
    });
  });
  return [...converted, ...made];
}

/** A fifth of a second, 16 bit, mono, 48 kHz. */
export function samplesOf(sound: string): Buffer {
  const to = ['-ss', '0.3', '-t', '0.2', '-ar', '48000', '-ac', '1', '-f', 's16le', 'pipe:1'];
  return execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-i', sound, ...to]);
}
