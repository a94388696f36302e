import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { Clock } from '../clock/clock';

/** After the disk refused the log it is left alone for so long. */
const RETRY_MS = 10_000;
/** A disk that hangs must not fill the memory: beyond this, lines are dropped. */
const LONGEST_QUEUE_BYTES = 4 * 1024 * 1024;

interface LogFileOptions {
  readonly dir: string;
  readonly name: string;
  readonly clock: Clock;
  /** Bytes of one file. */
  readonly size: number;
  /** Full files that are kept beside the one that is written. */
  readonly kept: number;
  /** False while the folder's disk is not there: nothing is made in its place. */
  readonly mayWrite?: () => boolean;
}

/** The lines of a log in a file that rotates and is bounded. A disk that refuses it is tried again later. */
export class LogFile {
  readonly #options: LogFileOptions;
  #stream: RotatingFileStream | null = null;
  #retryAtMs = -Infinity;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  /** Never throws and never waits; whether the line reached the disk is not known. */
  write(line: string): void {
    if (this.#options.mayWrite?.() === false) {
      // Held open, the file would keep an unmounted disk from being let go.
      this.#stream?.destroy();
      this.#stream = null;
      return;
    }
    this.#stream ??= this.#open();
    if (this.#stream === null || this.#stream.writableLength > LONGEST_QUEUE_BYTES) return;
    this.#stream.write(line);
  }

  /** Resolves when all that can be written is. */
  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream === null) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        resolve();
      };
      stream.once('close', done);
      stream.once('error', done);
      stream.end(done);
    });
  }

  #open(): RotatingFileStream | null {
    const { dir, name, clock, size, kept } = this.#options;
    if (clock.monotonicMs() < this.#retryAtMs) return null;
    const stream = createStream(name, { path: dir, size: `${size}B` as const, maxFiles: kept });
    stream.on('error', () => {
      if (this.#stream === stream) this.#stream = null;
      this.#retryAtMs = clock.monotonicMs() + RETRY_MS;
    });
    // What a power cut or a full disk left of a line must not spoil the one that follows.
    if (endsWithinLine(join(dir, name))) stream.write('\n');
    return stream;
  }
}

function endsWithinLine(file: string): boolean {
  try {
    const fd = openSync(file, 'r');
    try {
      const last = Buffer.alloc(1);
      const { size } = fstatSync(fd);
      return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
