import type { ReadableAt } from './header';

/** A file whose beginning was read already: headers are read a few bytes at a time. */
export class WithHead implements ReadableAt {
  readonly #source: ReadableAt;
  readonly #head: Buffer;

  constructor(source: ReadableAt, head: Buffer) {
    this.#source = source;
    this.#head = head;
  }

  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    if (position + length > this.#head.length) {
      return this.#source.read(buffer, offset, length, position);
    }
    this.#head.copy(buffer, offset, position, position + length);
    return Promise.resolve({ bytesRead: length });
  }
}
