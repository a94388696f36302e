import { open } from 'node:fs/promises';
import { type ReadableAt, readAt } from './header';
import type { WavInfo } from './inspect';

/**
 * A power cut leaves the end of a growing file as zeros: its length reached the disk and its last bytes did not. On
 * ext4 they begin anywhere in a block, and 512 bytes were the fewest that were seen.
 */
const FEWEST_BYTES = 512;
/** How far back an end of zeros is measured. */
const MAX_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 65_536;

/** Zeros before `to` and not before `from`, bytes; 0 when they are fewer than a power cut leaves. */
export async function zerosAtEnd(handle: ReadableAt, from: number, to: number): Promise<number> {
  const earliest = Math.max(from, to - MAX_BYTES);
  let firstZero = to;
  while (firstZero > earliest) {
    const start = Math.max(earliest, firstZero - PIECE_BYTES);
    const piece = await readAt(handle, start, firstZero - start);
    const lastSound = piece.findLastIndex((byte) => byte !== 0);
    firstZero = start + lastSound + 1;
    if (lastSound >= 0) break;
  }
  return to - firstZero >= FEWEST_BYTES ? to - firstZero : 0;
}

/** The same of the audio of a file whose header is whole. @throws Node's errors when it cannot be read */
export async function zerosAtSoundEnd(path: string, info: WavInfo): Promise<number> {
  const handle = await open(path, 'r');
  try {
    return await zerosAtEnd(handle, info.dataOffset, info.dataOffset + info.dataBytes);
  } finally {
    await handle.close();
  }
}

export function zerosNote(bytes: number): string {
  return `the last ${String(bytes)} bytes are zeros: silence, or sound that a power cut kept from the disk`;
}
