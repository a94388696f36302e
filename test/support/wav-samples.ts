import { readFileSync } from 'node:fs';
import { inspectWav, type WavInfo } from '@main/wav/inspect';

/** A WAV file's header and the bytes of its audio. */
export async function readSamples(path: string): Promise<{ info: WavInfo; audio: Buffer }> {
  const info = await inspectWav(path);
  return {
    info,
    audio: readFileSync(path).subarray(info.dataOffset, info.dataOffset + info.dataBytes),
  };
}
