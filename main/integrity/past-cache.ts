import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { errorCode } from '../files/error-code';
import { burden } from '../process/priority';
import { messageOf } from '../error-message';

/** Called after each piece; may wait, and may throw to end it. */
export type Pace = (bytes: number) => Promise<void>;

export interface SlowDigest {
  /** 64 lower-case hexadecimal characters. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * How a file is read: past the page cache (what was written a minute ago is still in memory, and memory is not what is
 * asked about; and what is read for nobody must push nothing out); by asking for its pages to be dropped where a file system
 * does not know that; as any file where there is no such `dd`.
 */
type Way = 'direct' | 'nocache' | 'plain';
const NEXT: Readonly<Record<Way, Way>> = { direct: 'nocache', nocache: 'plain', plain: 'plain' };

const PIECE_BYTES = 256 * 1024;
/** Less than this is read before anybody could have been pushed aside. */
const WORTH_BURDENING_BYTES = 8 * 1024 * 1024;
/** Words of what a flag is refused with, by GNU's and by BusyBox' `dd`. */
const FLAG_REFUSED = /Invalid argument|invalid input flag|unknown operand|invalid argument/;

/** The disk did not give a file's bytes. */
export class UnreadableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableError';
  }
}

/** Reads whole files as they are on the disk, at the pace of whoever asks, and gives their SHA-256. */
export class PastCache {
  #way: Way;

  constructor(way: Way = 'direct') {
    this.#way = way;
  }

  /** For the tests and the status: how files are read here. */
  get way(): Way {
    return this.#way;
  }

  /**
   * @param sizeBytes of the file, about
   * @throws UnreadableError; whatever `pace` throws
   */
  async digest(path: string, sizeBytes: number, pace: Pace): Promise<SlowDigest> {
    for (;;) {
      const way = this.#way;
      const hash = createHash('sha256');
      let bytes = 0;
      const take = async (piece: Buffer): Promise<void> => {
        hash.update(piece);
        bytes += piece.length;
        await pace(piece.length);
      };
      const isRead =
        way === 'plain'
          ? await readPlainly(path, take)
          : await readWithDd(path, way, sizeBytes, take);
      if (isRead) return { sha256: hash.digest('hex'), bytes };
      this.#way = NEXT[way];
    }
  }
}

/** @returns false: it does not work this way here */
async function readWithDd(
  path: string,
  way: 'direct' | 'nocache',
  sizeBytes: number,
  take: (piece: Buffer) => Promise<void>,
): Promise<boolean> {
  const args = [`if=${path}`, `bs=${String(PIECE_BYTES)}`, `iflag=${way}`, 'status=none'];
  const child = spawn('dd', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  const ended = endOf(child);
  if (sizeBytes >= WORTH_BURDENING_BYTES) void burden(child.pid);
  try {
    try {
      for await (const piece of child.stdout) await take(piece as Buffer);
    } catch (error) {
      if (child.pid !== undefined) throw error; // else it was never started
    }
    const { code, words } = await ended;
    if (code === 0) return true;
    if (code === 'ENOENT' || FLAG_REFUSED.test(words)) return false;
    throw new UnreadableError(words === '' ? `dd ended with ${String(code)}` : words);
  } finally {
    // Not waited for: on a disk that hangs even a killed one stays.
    child.kill('SIGKILL');
  }
}

/** What a program came to: its exit code, or why it could not be started, and its last words. */
async function endOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<{ code: number | string | null; words: string }> {
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-500);
  });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, words: words.trim().replace(/^dd: /, '') };
  } catch (error) {
    return { code: errorCode(error), words };
  }
}

async function readPlainly(path: string, take: (piece: Buffer) => Promise<void>): Promise<true> {
  try {
    const handle = await open(path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(PIECE_BYTES);
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES);
        if (bytesRead === 0) return true;
        await take(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === 'UNKNOWN') throw error; // the pace ended it
    throw new UnreadableError(messageOf(error));
  }
}
