import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

const BUFFERED_CHARACTERS = 64 * 1024;

/** A text file that grows line by line, of any length; never over one that is there. */
export class LineFile {
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  #waiting: string[] = [];
  #characters = 0;
  #bytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws Node's errors */
  static async create(path: string): Promise<LineFile> {
    return new LineFile(await open(path, 'wx', 0o644));
  }

  /** @param text with its line ends */
  async write(text: string): Promise<void> {
    this.#waiting.push(text);
    this.#characters += text.length;
    if (this.#characters >= BUFFERED_CHARACTERS) await this.#flush();
  }

  /** On the disk when this returns. */
  async close(): Promise<{ sha256: string; sizeBytes: number }> {
    try {
      await this.#flush();
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
    return { sha256: this.#hash.digest('hex'), sizeBytes: this.#bytes };
  }

  /** Lets go of it after a failure. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#waiting.join(''), 'utf8');
    this.#waiting = [];
    this.#characters = 0;
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#handle.writeFile(bytes);
  }
}
