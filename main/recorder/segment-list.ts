import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** One closed segment as ffmpeg's segment muxer lists it. */
export interface ListedSegment {
  /** The `%08d` of the file name. */
  readonly sequence: number;
  /** Where it starts in its stream: seconds since the stream's first sample, to the microsecond. */
  readonly startS: number;
  /** Where it ends, likewise; the next one starts here. */
  readonly endS: number;
}

/**
 * Follows a segment list (CSV) that ffmpeg appends to. Only whole lines count; each `readNew` gives the
 * segments that closed since the last one.
 */
export class SegmentList {
  readonly #path: string;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async readNew(): Promise<ListedSegment[]> {
    const text = await this.#readRest();
    const end = text.lastIndexOf('\n');
    if (end < 0) return [];
    const whole = text.slice(0, end + 1);
    this.#offset += Buffer.byteLength(whole);
    return whole.split('\n').flatMap(parseRow);
  }

  async #readRest(): Promise<string> {
    let handle;
    try {
      if (statSync(this.#path).size <= this.#offset) return ''; // as at most looks
      handle = await open(this.#path, 'r');
    } catch {
      return ''; // ffmpeg has not made it yet
    }
    try {
      const { size } = await handle.stat();
      if (size <= this.#offset) return '';
      const buffer = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  }
}

function parseRow(row: string): ListedSegment[] {
  const match = /^[0-9a-f]{8}_(?<sequence>\d{8,})\.wav,(?<start>\d+\.\d+),(?<end>\d+\.\d+)/.exec(
    row,
  );
  const { sequence, start, end } = match?.groups ?? {};
  if (sequence === undefined || start === undefined || end === undefined) return [];
  return [{ sequence: Number(sequence), startS: Number(start), endS: Number(end) }];
}
