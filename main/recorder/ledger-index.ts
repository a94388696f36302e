import { type FileHandle, open } from 'node:fs/promises';
import { orNothing } from '../files/absent';
import { type LedgerEntry, parseLedger } from './run-files';

/** What is read at once: a millisecond's work, so that nobody else waits. */
const STRETCH_BYTES = 256 * 1024;
/** Half a megabyte each. */
const HELD_STRETCHES = 2;
const KEY = Buffer.from('"sequence":');
const NEWLINE = 0x0a;
const ZERO = 0x30;

/** A part of the file, and between which sequences its entries lie. */
interface Stretch {
  readonly offset: number;
  bytes: number;
  least: number;
  most: number;
}

interface Question {
  readonly sequence: number;
  readonly resolve: (entry: LedgerEntry | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Finds single entries in the ledger of a run that may have gone on for months: of each stretch of the file it knows
 * which sequences are there, and reads only that one. Costs some tens of bytes per stretch, whatever the entries are.
 */
export class LedgerIndex {
  readonly #file: string;
  readonly #stretches: Stretch[] = [];
  #inode: number | null = null;
  /** The stretches reach to here. */
  #knownBytes = 0;
  /** Where the last answer came from. */
  #readBefore = '';
  /** Entries of the stretches that were asked for again and again. */
  readonly #held = new Map<string, ReadonlyMap<number, LedgerEntry>>();
  readonly #waiting: Question[] = [];
  #answering = false;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * The entry of a segment, or null when there is none; of several the last counts.
   * @throws Node's errors when it cannot be read now
   */
  find(sequence: number): Promise<LedgerEntry | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ sequence, resolve, reject });
      if (!this.#answering) void this.#answer();
    });
  }

  /** Whoever asks while others are being answered is answered with the next ones: the file is opened once for all. */
  async #answer(): Promise<void> {
    this.#answering = true;
    await Promise.resolve(); // the others of this moment
    for (;;) {
      const questions = this.#waiting.splice(0);
      if (questions.length === 0) break;
      await this.#answerAll(questions);
    }
    this.#answering = false;
  }

  async #answerAll(questions: readonly Question[]): Promise<void> {
    let handle: FileHandle | null = null;
    try {
      handle = await orNothing(open(this.#file, 'r'));
      const size = handle === null ? 0 : await this.#sizeOf(handle);
      for (const { sequence, resolve } of questions) {
        resolve(handle === null ? null : await this.#find(handle, size, sequence));
      }
    } catch (error) {
      for (const { reject } of questions) reject(error); // those that were answered do not hear it
    } finally {
      await handle?.close();
    }
  }

  /** What is known of another file of that name is forgotten. */
  async #sizeOf(handle: FileHandle): Promise<number> {
    const { size, ino } = await handle.stat();
    if (ino !== this.#inode || size < this.#knownBytes) this.#forget(ino);
    return size;
  }

  async #find(handle: FileHandle, size: number, sequence: number): Promise<LedgerEntry | null> {
    // Mostly somebody asks for what was written last: nothing else needs to be known for that.
    const from = this.#knownBytes === 0 ? Math.max(0, size - STRETCH_BYTES) : this.#knownBytes;
    if (size > from && size - from <= STRETCH_BYTES) {
      const newest = lastEntryIn(await readAt(handle, from, size - from), sequence);
      if (newest !== null || from === 0) return newest;
    }
    await this.#learn(handle, size);
    // What follows the last line end is a line being written, or one that was cut short.
    const rest = lastEntryIn(
      await readAt(handle, this.#knownBytes, size - this.#knownBytes),
      sequence,
    );
    if (rest !== null) return rest;
    for (let i = this.#stretches.length - 1; i >= 0; i -= 1) {
      const stretch = this.#stretches[i] ?? NOWHERE;
      if (sequence < stretch.least || sequence > stretch.most) continue;
      const entry = await this.#findIn(handle, stretch, sequence);
      if (entry !== null) return entry;
    }
    return null;
  }

  /** Who asks for one after the other, as after a database was lost, is answered from what was read for the first. */
  async #findIn(
    handle: FileHandle,
    { offset, bytes }: Stretch,
    sequence: number,
  ): Promise<LedgerEntry | null> {
    const place = `${String(offset)} ${String(bytes)}`;
    const held = this.#held.get(place);
    if (held !== undefined) return held.get(sequence) ?? null;
    const lines = await readAt(handle, offset, bytes);
    if (this.#readBefore !== place) {
      this.#readBefore = place;
      return lastEntryIn(lines, sequence);
    }
    const entries = parseLedger(lines.toString('utf8'));
    this.#held.set(place, entries);
    const [oldest] = this.#held.keys();
    if (this.#held.size > HELD_STRETCHES && oldest !== undefined) this.#held.delete(oldest);
    return entries.get(sequence) ?? null;
  }

  #forget(inode: number): void {
    this.#held.clear();
    this.#stretches.length = 0;
    this.#knownBytes = 0;
    this.#inode = inode;
  }

  /** Reads what was added since, in parts. */
  async #learn(handle: FileHandle, size: number): Promise<void> {
    // One for all: hundreds of them would keep the collector busy.
    const buffer = Buffer.allocUnsafe(Math.min(STRETCH_BYTES, size - this.#knownBytes));
    while (this.#knownBytes < size) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#knownBytes);
      const bytes = buffer.subarray(0, bytesRead);
      const lines = bytes.lastIndexOf(NEWLINE) + 1;
      const atEnd = this.#knownBytes + bytes.length >= size;
      if (bytes.length === 0 || (lines === 0 && atEnd)) return;
      // No line of ours is so long: what a power cut left there says nothing.
      this.#add(lines === 0 ? bytes : bytes.subarray(0, lines));
    }
  }

  #add(lines: Buffer): void {
    const added = { offset: this.#knownBytes, bytes: lines.length, ...sequencesIn(lines) };
    this.#knownBytes += lines.length;
    const last = this.#stretches.at(-1);
    if (last === undefined || last.bytes + added.bytes > STRETCH_BYTES) {
      this.#stretches.push(added);
      return;
    }
    last.bytes += added.bytes;
    last.least = Math.min(last.least, added.least);
    last.most = Math.max(last.most, added.most);
  }
}

const NOWHERE: Stretch = { offset: 0, bytes: 0, least: Infinity, most: -Infinity };

/** All entries of a ledger in the order in which they were written, in parts, so that nobody else waits. */
export async function* ledgerParts(file: string): AsyncGenerator<readonly LedgerEntry[], void> {
  const handle = await orNothing(open(file, 'r'));
  if (handle === null) return;
  try {
    for (let offset = 0; ;) {
      const bytes = await readAt(handle, offset, STRETCH_BYTES / 4);
      if (bytes.length === 0) return;
      const whole = bytes.lastIndexOf(NEWLINE) + 1 || bytes.length;
      offset += whole;
      yield [...parseLedger(bytes.toString('utf8', 0, whole)).values()];
    }
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, offset: number, most: number): Promise<Buffer> {
  if (most <= 0) return Buffer.alloc(0);
  const buffer = Buffer.allocUnsafe(most);
  const { bytesRead } = await handle.read(buffer, 0, most, offset);
  return buffer.subarray(0, bytesRead);
}

function sequencesIn(lines: Buffer): { least: number; most: number } {
  let [least, most] = [Infinity, -Infinity];
  for (let at = lines.indexOf(KEY); at >= 0; at = lines.indexOf(KEY, at + KEY.length)) {
    let sequence = 0;
    for (let i = at + KEY.length; ; i += 1) {
      const digit = (lines[i] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      sequence = sequence * 10 + digit;
    }
    least = Math.min(least, sequence);
    most = Math.max(most, sequence);
  }
  return { least, most };
}

/** Looks for it from behind; lines that were cut short are passed over. */
function lastEntryIn(lines: Buffer, sequence: number): LedgerEntry | null {
  const wanted = Buffer.from(`${KEY.toString()}${String(sequence)}`);
  for (let at = lines.lastIndexOf(wanted); at >= 0; at = lines.lastIndexOf(wanted, at - 1)) {
    const start = lines.lastIndexOf(NEWLINE, at) + 1;
    const end = lines.indexOf(NEWLINE, at);
    const line = lines.toString('utf8', start, end < 0 ? lines.length : end);
    const entry = parseLedger(line).get(sequence);
    if (entry !== undefined) return entry;
    if (at === 0) return null;
  }
  return null;
}
