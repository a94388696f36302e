import { sep } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { messageOf } from '../error-message';
import { inspectOpen, inspectWav, WavError, type WavInfo } from '../wav/inspect';
import type { ReadableAt } from '../wav/header';
import type { SegmentFolder } from './file-place';
import type { FoundRecording } from './found-file';
import type { Head } from './head-reader';

/** Why a file is not taken up. */
export interface FileProblem {
  readonly stream: Stream;
  readonly text: string;
  /** false: it may be otherwise next time, e.g. when the disk is well again. */
  readonly lasting: boolean;
}

export interface Measured {
  readonly files: FoundRecording['files'];
  readonly problems: readonly FileProblem[];
}

/** Measures the files of one pair; one that is gone, cannot be read or is no WAV is left out and reported. */
export function measureFiles(
  folders: Readonly<Record<Stream, SegmentFolder>>,
  fileName: string,
  streams: readonly Stream[],
): Promise<Measured> {
  return measured(folders, fileName, streams, (_, path) => inspectWav(path));
}

/** The same by the first bytes of each, which were read already; null: that stream has no such file. */
export function measureHeads(
  folders: Readonly<Record<Stream, SegmentFolder>>,
  fileName: string,
  heads: Readonly<Record<Stream, Head>>,
): Promise<Measured> {
  const streams = (['raw', 'processed'] as const).filter((stream) => heads[stream] !== null);
  return measured(folders, fileName, streams, (stream, path) => inspectHead(heads[stream], path));
}

async function measured(
  folders: Readonly<Record<Stream, SegmentFolder>>,
  fileName: string,
  streams: readonly Stream[],
  inspect: (stream: Stream, path: string) => Promise<WavInfo>,
): Promise<Measured> {
  const files: { -readonly [S in Stream]?: FoundRecording['files'][S] } = {};
  const problems: FileProblem[] = [];
  for (const stream of streams) {
    const path = folders[stream].path + sep + fileName;
    try {
      const info = await inspect(stream, path);
      if (info.state !== 'whole' || info.frames === 0) {
        const text = info.frames === 0 ? 'holds no audio' : info.state;
        problems.push({ stream, text, lasting: true });
        continue;
      }
      files[stream] = {
        path: folders[stream].inRows + fileName,
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

class BeyondHead extends Error {}

async function inspectHead(head: Head, path: string): Promise<WavInfo> {
  if (head === null) throw new Error(`${path} is gone`);
  if ('problem' in head) throw new Error(head.problem);
  try {
    return await inspectOpen(withinHead(head), path, head.fileBytes);
  } catch (error) {
    // Its header is longer than any of ours.
    if (error instanceof BeyondHead) return inspectWav(path);
    throw error;
  }
}

function withinHead({ fileBytes, head }: { fileBytes: number; head: Buffer }): ReadableAt {
  return {
    read: (buffer, offset, length, position) => {
      if (position + length > head.length && head.length < fileBytes) {
        return Promise.reject(new BeyondHead());
      }
      return Promise.resolve({ bytesRead: head.copy(buffer, offset, position, position + length) });
    },
  };
}
