import type { ReadableAt } from './header';

/** A file that exists only as its parts: bytes, and stretches of so many that nobody needs to look at (zeros). */
export class InParts implements ReadableAt {
  readonly #parts: readonly (Buffer | number)[];
  readonly length: number;

  constructor(parts: readonly (Buffer | number)[]) {
    this.#parts = parts;
    this.length = parts.reduce<number>((sum, part) => sum + lengthOf(part), 0);
  }

  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    const bytesRead = this.bytes(position, position + length).copy(buffer, offset);
    return Promise.resolve({ bytesRead });
  }

  /** Fewer than asked for at the end. */
  bytes(from: number, to: number): Buffer {
    const found: Buffer[] = [];
    let start = 0;
    for (const part of this.#parts) {
      const first = Math.max(0, from - start);
      const last = Math.min(lengthOf(part), to - start);
      if (last > first) {
        found.push(
          typeof part === 'number' ? Buffer.alloc(last - first) : part.subarray(first, last),
        );
      }
      start += lengthOf(part);
    }
    return Buffer.concat(found);
  }
}

function lengthOf(part: Buffer | number): number {
  return typeof part === 'number' ? part : part.length;
}
