import { join, relative, sep } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { inspectWav, WavError } from '../wav/inspect';
import type { FoundRecording } from './found-file';
import { messageOf } from '../error-message';

/** Why a file is not taken up. */
export interface FileProblem {
  readonly stream: Stream;
  readonly text: string;
  /** false: it may be otherwise next time, e.g. when the disk is well again. */
  readonly lasting: boolean;
}

/** Measures the files of one pair; one that is gone, cannot be read or is no WAV is left out and reported. */
export async function measureFiles(
  dataRoot: string,
  folders: Readonly<Record<Stream, string>>,
  fileName: string,
  streams: readonly Stream[],
): Promise<{ files: FoundRecording['files']; problems: FileProblem[] }> {
  const files: { -readonly [S in Stream]?: FoundRecording['files'][S] } = {};
  const problems: FileProblem[] = [];
  for (const stream of streams) {
    const path = join(folders[stream], fileName);
    try {
      const info = await inspectWav(path);
      if (info.state !== 'whole' || info.frames === 0) {
        const text = info.frames === 0 ? 'holds no audio' : info.state;
        problems.push({ stream, text, lasting: true });
        continue;
      }
      files[stream] = {
        path: relative(dataRoot, path).split(sep).join('/'),
        sizeBytes: info.fileBytes,
        sampleRateHz: info.sampleRateHz,
        channels: info.channels,
        bitsPerSample: info.bitsPerSample,
        frames: info.frames,
      };
    } catch (error) {
      const text = messageOf(error);
      problems.push({ stream, text, lasting: error instanceof WavError });
    }
  }
  return { files, problems };
}
