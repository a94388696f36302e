import type { OpenFile } from '@main/wav/header';

/** Bytes that are read as an open file is. */
export class FileInMemory implements OpenFile {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  stat(): Promise<{ readonly size: number }> {
    return Promise.resolve({ size: this.#bytes.length });
  }

  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    const bytesRead = this.#bytes.subarray(position, position + length).copy(buffer, offset);
    return Promise.resolve({ bytesRead });
  }
}
