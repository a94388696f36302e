import { join, relative } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { inspectWav, WavError } from '../wav/inspect';
import type { FoundRecording } from './found-file';

/** Measures the files of one pair; a file that is gone or is no WAV is left out and reported. */
export async function measureFiles(
  dataRoot: string,
  folders: Readonly<Record<Stream, string>>,
  fileName: string,
  streams: readonly Stream[],
): Promise<{ files: FoundRecording['files']; problems: string[] }> {
  const files: { -readonly [S in Stream]?: FoundRecording['files'][S] } = {};
  const problems: string[] = [];
  for (const stream of streams) {
    const path = join(folders[stream], fileName);
    try {
      const info = await inspectWav(path);
      if (info.state !== 'whole' || info.frames === 0) {
        problems.push(`${stream}: ${info.frames === 0 ? 'holds no audio' : info.state}`);
        continue;
      }
      files[stream] = {
        path: relative(dataRoot, path).replaceAll('\\', '/'),
        sizeBytes: info.fileBytes,
        sampleRateHz: info.sampleRateHz,
        channels: info.channels,
        bitsPerSample: info.bitsPerSample,
        frames: info.frames,
      };
    } catch (error) {
      if (error instanceof WavError) problems.push(`${stream}: ${error.message}`);
      else if (!isMissing(error)) throw error;
      else problems.push(`${stream}: the file is gone`);
    }
  }
  return { files, problems };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
