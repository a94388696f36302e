import { statSync } from 'node:fs';
import { open, truncate } from 'node:fs/promises';

const KEPT_CHARACTERS = 16_384;
const LARGEST_FILE = 1024 * 1024;

/**
 * Follows a file that another process appends to, keeps its last words, and keeps the file small: the
 * writer opened it for appending, so it may be emptied under its hands.
 */
export class LogTail {
  readonly #path: string;
  #offset = 0;
  #kept = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The last words so far. */
  get text(): string {
    return this.#kept;
  }

  /** Reads what is new; returns only that. */
  async read(): Promise<string> {
    let fresh = '';
    try {
      // Most looks find nothing new. A synchronous stat costs microseconds, a promised open, stat and close
      // a hundred times as much: every second, for every file of every capture.
      if (statSync(this.#path).size === this.#offset) return fresh;
      const handle = await open(this.#path, 'r');
      try {
        const { size } = await handle.stat();
        if (size < this.#offset) this.#offset = 0;
        const buffer = Buffer.alloc(Math.min(size - this.#offset, LARGEST_FILE));
        if (buffer.length > 0) {
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
          this.#offset += bytesRead;
          fresh = buffer.toString('utf8', 0, bytesRead);
        }
      } finally {
        await handle.close();
      }
      if (this.#offset >= LARGEST_FILE) {
        await truncate(this.#path, 0);
        this.#offset = 0;
      }
    } catch {
      // Not there yet, or the disk is gone: then there is nothing to read.
    }
    this.#kept = (this.#kept + fresh).slice(-KEPT_CHARACTERS);
    return fresh;
  }
}
