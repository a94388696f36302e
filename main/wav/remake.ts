import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../files/durable';
import { writeAll } from './edits';
import { readAt } from './header';
import { type ExpectedFormat, newHeader } from './new-header';

const PIECE_BYTES = 1024 * 1024;

/** The part of a file that is audio: whole frames. */
export interface Sound {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Puts a new header before the audio of a file whose own cannot be mended: in a new file beside it, that takes its
 * place only when all of it is on the disk.
 * @throws Node's errors (`ENOSPC`, …); the file is then as it was
 */
export async function remakeWav(
  handle: FileHandle,
  path: string,
  format: ExpectedFormat,
  sound: Sound,
): Promise<void> {
  const temporary = `${path}.repairing`;
  try {
    const copy = await open(temporary, 'w');
    try {
      const header = newHeader(format, sound.bytes);
      await writeAll(copy, header, 0);
      await copySound(handle, copy, sound, header.length);
      const end = header.length + sound.bytes;
      if (end % 2 === 1) await writeAll(copy, Buffer.alloc(1), end);
      await copy.sync();
    } finally {
      await copy.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

async function copySound(
  from: FileHandle,
  to: FileHandle,
  sound: Sound,
  position: number,
): Promise<void> {
  for (let done = 0; done < sound.bytes;) {
    const length = Math.min(PIECE_BYTES, sound.bytes - done);
    const piece = await readAt(from, sound.offset + done, length);
    // A file that shrinks while it is read must not be taken for the whole of it.
    if (piece.length === 0) throw new Error('the file became shorter while it was repaired');
    await writeAll(to, piece, position + done);
    done += piece.length;
  }
}
