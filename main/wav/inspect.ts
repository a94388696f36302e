import { open } from 'node:fs/promises';
import {
  type Accepted,
  declaredBytes,
  type PcmFormat,
  type ReadableAt,
  readHeader,
  type WavHeader,
} from './header';

export { WavError } from './wav-error';

/** What a WAV file says of itself and what is really there. */
export interface WavInfo extends PcmFormat {
  /** Position of the first sample in the file. Never assume 44. */
  readonly dataOffset: number;
  /** Bytes of audio that are really in the file. */
  readonly dataBytes: number;
  readonly frames: number;
  /**
   * `whole`: the header and the file agree. `unfinished`: the header holds no final length, as after a
   * killed writer; audio may follow. `truncated`: less audio than the header promises.
   */
  readonly state: 'whole' | 'unfinished' | 'truncated';
  readonly fileBytes: number;
}

/**
 * Measures a WAV file by its header and its size; reads a few hundred bytes.
 * @param accepted what its samples may be: imported files may hold floating point
 * @throws WavError when there is no PCM audio to be found; Node's errors when the file cannot be read
 */
export async function inspectWav(path: string, accepted?: Accepted): Promise<WavInfo> {
  const handle = await open(path, 'r');
  try {
    const fileBytes = (await handle.stat()).size;
    return await inspectOpen(handle, path, fileBytes, accepted);
  } finally {
    await handle.close();
  }
}

/** The same of what is open already. @throws WavError, and whatever reading throws */
export async function inspectOpen(
  handle: ReadableAt,
  path: string,
  fileBytes: number,
  accepted?: Accepted,
): Promise<WavInfo> {
  return measure(await readHeader(handle, path, fileBytes, undefined, accepted), fileBytes);
}

function measure(header: WavHeader, fileBytes: number): WavInfo {
  const { format, dataOffset } = header;
  const available = Math.max(0, fileBytes - dataOffset);
  const declared = declaredBytes(header);
  // A writer that was killed leaves 0xFFFFFFFF, or 0 with audio behind it.
  const unfinished = declared === null || (declared === 0 && available >= format.frameBytes);
  const usable = unfinished ? available : Math.min(declared, available);
  const frames = Math.floor(usable / format.frameBytes);
  return {
    ...format,
    dataOffset,
    dataBytes: frames * format.frameBytes,
    frames,
    state: unfinished ? 'unfinished' : declared > available ? 'truncated' : 'whole',
    fileBytes,
  };
}
