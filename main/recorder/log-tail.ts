import { statSync } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { orNothing } from '../files/absent';

const KEPT_CHARACTERS = 16_384;
const LARGEST_FILE = 1024 * 1024;

/**
 * Follows a file that another process appends to, keeps its first and its last words, and keeps the file small: the
 * writer opened it for appending, so it may be emptied under its hands.
 */
export class LogTail {
  readonly #path: string;
  #offset = 0;
  #head = '';
  #kept = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The first words that were there. */
  get head(): string {
    return this.#head;
  }

  /** The last words so far. */
  get text(): string {
    return this.#kept;
  }

  /** Bytes that were read. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Goes on where somebody else stopped reading: what came before is not new.
   * @param offset bytes; null: all that is there now
   */
  async skipTo(offset: number | null): Promise<void> {
    const handle = await orNothing(open(this.#path, 'r'));
    if (handle === null) return;
    try {
      const { size } = await handle.stat();
      // It was emptied since: all that it holds is new.
      if (offset !== null && offset > size) return;
      const end = offset ?? size;
      const words = async (from: number, to: number): Promise<string> => {
        const buffer = Buffer.alloc(to - from);
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
        return buffer.toString('utf8', 0, bytesRead);
      };
      this.#head = await words(0, Math.min(end, KEPT_CHARACTERS));
      this.#kept = await words(Math.max(0, end - KEPT_CHARACTERS), end);
      this.#offset = end;
    } finally {
      await handle.close();
    }
  }

  /** Reads what is new, a mebibyte at most; returns only that. */
  async read(): Promise<string> {
    let fresh = '';
    try {
      // Most looks find nothing new. A synchronous stat costs microseconds, a promised open, stat and close
      // a hundred times as much: every second, for every file of every capture.
      if (statSync(this.#path).size === this.#offset) return fresh;
      const handle = await open(this.#path, 'r');
      let size: number;
      try {
        ({ size } = await handle.stat());
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
      // Not before all of it was read: nobody may have done so for weeks.
      if (this.#offset >= LARGEST_FILE && this.#offset >= size) {
        await truncate(this.#path, 0);
        this.#offset = 0;
      }
    } catch {
      // Not there yet, or the disk is gone: then there is nothing to read.
    }
    this.#head += fresh.slice(0, KEPT_CHARACTERS - this.#head.length);
    this.#kept = (this.#kept + fresh).slice(-KEPT_CHARACTERS);
    return fresh;
  }
}
