import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { SourceError } from './source-error';

/** What was written. */
export interface WrittenFile {
  readonly sizeBytes: number;
  /** 64 lower-case hexadecimal characters. */
  readonly sha256: string;
}

export interface CopyOptions {
  readonly signal: AbortSignal;
  /** Told after each piece. */
  readonly onBytes: (bytes: number) => void;
  /** When the copy was last changed, as far as its reader shall see; UTC milliseconds. */
  readonly modifiedMs: number;
}

const CHUNK_BYTES = 256 * 1024;
/**
 * What waits in memory for a slow stick is bounded, or the system makes every writer wait for that stick, a recorder on
 * another disk included.
 */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

/**
 * Copies a file byte by byte to a name that is free. It is on the disk when this returns.
 * @throws SourceError when the source cannot be read; Node's errors when the copy cannot be written; the signal's reason
 */
export async function copyFile(
  from: string,
  to: string,
  options: CopyOptions,
): Promise<WrittenFile> {
  // A link in the place of a recording could lead anywhere.
  const source = await reading(open(from, constants.O_RDONLY | constants.O_NOFOLLOW));
  try {
    const target = await open(to, 'wx', 0o644);
    try {
      const written = await pour(source, target, options);
      const modified = new Date(options.modifiedMs);
      // Not every file system keeps it.
      await target.utimes(modified, modified).catch(() => undefined);
      await target.sync();
      return written;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function pour(
  source: FileHandle,
  target: FileHandle,
  { signal, onBytes }: CopyOptions,
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let [sizeBytes, unsynced] = [0, 0];
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await reading(source.read(buffer, 0, CHUNK_BYTES, sizeBytes));
    if (bytesRead === 0) break;
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await writeAll(target, piece, sizeBytes);
    sizeBytes += bytesRead;
    unsynced += bytesRead;
    onBytes(bytesRead);
    if (unsynced >= SYNC_EVERY_BYTES) {
      await target.datasync();
      unsynced = 0;
    }
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function writeAll(target: FileHandle, piece: Buffer, position: number): Promise<void> {
  for (let done = 0; done < piece.length;) {
    const { bytesWritten } = await target.write(piece, done, piece.length - done, position + done);
    done += bytesWritten;
  }
}

async function reading<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new SourceError(error);
  }
}
