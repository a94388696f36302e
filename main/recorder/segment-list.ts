import { statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** What is read at once: a thousand rows. */
const STRETCH_BYTES = 64 * 1024;

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

  /**
   * Passes over what came long before a segment: the list of a run that has gone on for months is read from near its
   * end. The last rows are read in any case.
   */
  async skipTo(sequence: number): Promise<void> {
    const handle = await this.#open();
    if (handle === null) return;
    try {
      let { size: from } = await handle.stat();
      while (from > this.#offset) {
        from = Math.max(this.#offset, from - STRETCH_BYTES);
        const text = await readAt(handle, from, STRETCH_BYTES);
        const [first] = parseRow(text.slice(text.indexOf('\n') + 1));
        if (first === undefined || first.sequence > sequence) continue;
        this.#offset = from + text.indexOf('\n') + 1;
      }
    } finally {
      await handle.close();
    }
  }

  async readNew(): Promise<ListedSegment[]> {
    const listed: ListedSegment[] = [];
    const handle = await this.#open();
    if (handle === null) return listed;
    try {
      // In parts: after months without a console there is much of it, and others are not to wait.
      for (;;) {
        const text = await readAt(handle, this.#offset, STRETCH_BYTES);
        const end = text.lastIndexOf('\n') + 1;
        if (end === 0) return listed;
        this.#offset += end;
        listed.push(...text.slice(0, end).split('\n').flatMap(parseRow));
      }
    } finally {
      await handle.close();
    }
  }

  /** null: there is nothing new in it. */
  async #open(): Promise<FileHandle | null> {
    try {
      if (statSync(this.#path).size <= this.#offset) return null; // as at most looks
      return await open(this.#path, 'r');
    } catch {
      return null; // ffmpeg has not made it yet
    }
  }
}

/** One byte is one character: a row that is not of ASCII is none of ours. */
async function readAt(handle: FileHandle, offset: number, most: number): Promise<string> {
  const buffer = Buffer.allocUnsafe(most);
  const { bytesRead } = await handle.read(buffer, 0, most, offset);
  return buffer.toString('latin1', 0, bytesRead);
}

function parseRow(row: string): ListedSegment[] {
  const match = /^[0-9a-f]{8}_(?<sequence>\d{8,})\.wav,(?<start>\d+\.\d+),(?<end>\d+\.\d+)/.exec(
    row,
  );
  const { sequence, start, end } = match?.groups ?? {};
  if (sequence === undefined || start === undefined || end === undefined) return [];
  return [{ sequence: Number(sequence), startS: Number(start), endS: Number(end) }];
}
