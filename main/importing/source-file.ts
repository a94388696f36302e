import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { OpenFile } from '../wav/header';
import { pathBytes } from './source-path';

/**
 * A file of someone else's disk, opened to be read. Each read holds up the thread that asks: the import's own, which
 * stands behind everything else, so that no read of a slow card takes the place of another one's.
 */
export class SourceFile implements OpenFile {
  readonly #fd: number;

  /** @param path see `pathText` @throws Node's errors */
  constructor(path: string) {
    // A pipe that has taken the place of the file must not keep us waiting.
    this.#fd = openSync(pathBytes(path), constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** Where other programs find what was opened, whatever it is called. */
  get path(): string {
    return `/proc/${String(process.pid)}/fd/${String(this.#fd)}`;
  }

  facts(): Stats {
    return fstatSync(this.#fd);
  }

  stat(): Promise<Stats> {
    return Promise.resolve(this.facts());
  }

  /** @throws Node's errors, as a rejection */
  async read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesRead: number; buffer: Buffer }> {
    return Promise.resolve({
      bytesRead: readSync(this.#fd, buffer, offset, length, position),
      buffer,
    });
  }

  close(): void {
    closeSync(this.#fd);
  }
}
