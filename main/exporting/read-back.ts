import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errorCode } from '../files/error-code';

const CHUNK_BYTES = 256 * 1024;
/** Reading past the cache needs memory at a multiple of the disk's blocks. */
const ALIGNMENT_BYTES = 4096;
/** Memory begins at multiples of this. */
const STEP_BYTES = 16;

/**
 * Reads files as the disk holds them, where the file system lets us read past its cache; else as the cache does.
 * A counterfeit stick shows only so that it kept nothing. Or through the cache, where that will do.
 */
export class ReadBack {
  readonly #pastCache: boolean;
  readonly #memory = Buffer.allocUnsafeSlow(CHUNK_BYTES + ALIGNMENT_BYTES);
  /** Where in it the kernel accepts to read to; found by trying, for nobody tells where memory lies. */
  #offset: number | null = null;

  constructor({ pastCache }: { readonly pastCache: boolean }) {
    this.#pastCache = pastCache;
  }

  /**
   * @returns the hash of a whole file, 64 lower-case hexadecimal characters
   * @throws Node's errors; the signal's reason
   */
  async sha256(
    path: string,
    signal: AbortSignal,
    onBytes: (bytes: number) => void = () => undefined,
  ): Promise<string> {
    const direct = this.#pastCache ? await this.#direct(path, signal, onBytes) : null;
    if (direct !== null) return direct;
    const handle = await open(path, 'r');
    try {
      const piece = this.#memory.subarray(0, CHUNK_BYTES);
      const hash = createHash('sha256');
      for (let position = 0; ;) {
        signal.throwIfAborted();
        const { bytesRead } = await handle.read(piece, 0, CHUNK_BYTES, position);
        if (bytesRead === 0) return hash.digest('hex');
        hash.update(piece.subarray(0, bytesRead));
        position += bytesRead;
        onBytes(bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  /** null: not past the cache, not here. */
  async #direct(
    path: string,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<string | null> {
    let handle: FileHandle;
    try {
      handle = await open(path, constants.O_RDONLY | constants.O_DIRECT);
    } catch (error) {
      if (errorCode(error) === 'EINVAL') return null;
      throw error;
    }
    try {
      const { size } = await handle.stat();
      const hash = createHash('sha256');
      let position = 0;
      while (position < size) {
        signal.throwIfAborted();
        const piece = await this.#read(handle, position);
        // A file system may stop short of the end; then the rest has no aligned beginning.
        const isWhole = piece?.length === CHUNK_BYTES || position + (piece?.length ?? 0) === size;
        if (piece === null || !isWhole) {
          onBytes(-position); // from the beginning again, another way
          return null;
        }
        hash.update(piece);
        position += piece.length;
        onBytes(piece.length);
      }
      return hash.digest('hex');
    } finally {
      await handle.close();
    }
  }

  async #read(handle: FileHandle, position: number): Promise<Buffer | null> {
    const tries =
      this.#offset === null
        ? Array.from({ length: ALIGNMENT_BYTES / STEP_BYTES }, (_, i) => i * STEP_BYTES)
        : [this.#offset];
    for (const offset of tries) {
      try {
        const piece = this.#memory.subarray(offset, offset + CHUNK_BYTES);
        const { bytesRead } = await handle.read(piece, 0, CHUNK_BYTES, position);
        this.#offset = offset;
        return piece.subarray(0, bytesRead);
      } catch (error) {
        if (errorCode(error) !== 'EINVAL') throw error;
      }
    }
    return null;
  }
}
