import { type FileHandle, open } from 'node:fs/promises';
import { applyEdits } from './edits';
import { readAt } from './header';
import { findGuano, readLayout, type WavLayout } from './layout';
import {
  type ExpectedFormat,
  frameBytesOf,
  LONGEST_HEADER_BYTES,
  usualDataOffset,
} from './new-header';
import { remakeWav } from './remake';
import { planRepair } from './repair-plan';
import { WavError } from './wav-error';

/** What came of a repair. */
export interface WavRepair {
  /** Whether the file was changed; its bytes are on the disk then. */
  readonly repaired: boolean;
  /** Frames of the file now; 0: there is no sound in it. */
  readonly frames: number;
  /** What was found, in words; empty for a file that was whole. */
  readonly note: string;
}

const PIECE_BYTES = 64 * 1024;
const HEAD_BYTES = 4096;

/**
 * Makes a WAV file whole that a SIGKILL, a full disk or a power cut left unfinished, without losing a frame. Killed at
 * any moment, it leaves a file that the next call repairs to the same. A file without any sound is left as it is.
 * @param expected what the file should hold: needed where its header itself is lost
 * @throws WavError when it holds no PCM audio that could be found; Node's errors when it cannot be read or written
 */
export async function repairWav(path: string, expected?: ExpectedFormat): Promise<WavRepair> {
  const handle = await open(path, 'r');
  try {
    const layout = await readLayout(handle, path).catch((error: unknown) => {
      if (error instanceof WavError && error.problem !== 'UNSUPPORTED') return error;
      throw error;
    });
    if (layout instanceof WavError) return await giveHeader(handle, path, layout, expected);
    return await mend(handle, path, layout);
  } finally {
    await handle.close();
  }
}

async function mend(handle: FileHandle, path: string, layout: WavLayout): Promise<WavRepair> {
  const { edits, frames, dataBytes, note } = planRepair(layout);
  if (edits === null) {
    const { format, dataOffset } = layout.header;
    if (format.frameBytes !== frameBytesOf(format)) {
      throw new WavError('UNSUPPORTED', `${path} is too large for its header`);
    }
    const bytes = dataBytes - (dataBytes % format.frameBytes);
    await remakeWav(handle, path, format, { offset: dataOffset, bytes });
    return { repaired: true, frames, note: `${note}; it was too large for its header` };
  }
  if (edits.length > 0) {
    const writable = await open(path, 'r+');
    try {
      await applyEdits(writable, edits);
    } finally {
      await writable.close();
    }
  }
  return { repaired: edits.length > 0, frames, note };
}

/** For a file whose header was cut, or never reached the disk. */
async function giveHeader(
  handle: FileHandle,
  path: string,
  problem: WavError,
  expected: ExpectedFormat | undefined,
): Promise<WavRepair> {
  const fileBytes = (await handle.stat()).size;
  const head = await readAt(handle, 0, HEAD_BYTES);
  const begins = beginsAsWav(head);
  const isLost = head.subarray(0, 12).every((byte) => byte === 0);
  if (!begins && !isLost) throw problem;
  if (begins && fileBytes <= LONGEST_HEADER_BYTES) return silent('it ends within its header');
  if (isLost && (await isAllZeros(handle, fileBytes))) {
    return silent(fileBytes === 0 ? 'it is empty' : 'it holds nothing but zeros');
  }
  if (expected === undefined) throw problem;
  const named = begins ? head.indexOf('data', 12, 'latin1') : -1;
  const offset = named >= 0 ? named + 8 : (expected.dataOffset ?? usualDataOffset(expected));
  const end = (await findGuano(handle, offset, fileBytes))?.position ?? fileBytes;
  const frames = Math.max(0, Math.floor((end - offset) / frameBytesOf(expected)));
  if (frames === 0) return silent('it ends within its header');
  await remakeWav(handle, path, expected, { offset, bytes: frames * frameBytesOf(expected) });
  return { repaired: true, frames, note: 'its header was lost and was made anew' };
}

function silent(note: string): WavRepair {
  return { repaired: false, frames: 0, note };
}

/** Whether what there is of the first twelve bytes could be the start of a WAV file. */
function beginsAsWav(head: Buffer): boolean {
  const start = head.subarray(0, 12).toString('latin1');
  const form = start.slice(0, 4);
  const kind = start.slice(8);
  const isForm = ['RIFF', 'RF64'].some((name) => name.startsWith(form));
  return start !== '' && isForm && 'WAVE'.startsWith(kind);
}

async function isAllZeros(handle: FileHandle, fileBytes: number): Promise<boolean> {
  for (let position = 0; position < fileBytes; position += PIECE_BYTES) {
    const piece = await readAt(handle, position, PIECE_BYTES);
    if (piece.some((byte) => byte !== 0)) return false;
  }
  return true;
}
