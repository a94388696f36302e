import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
// With their endings: tests run this file as it is, and Node does not guess.
import { messageOf } from '../error-message.ts';
import { errorCode } from '../files/error-code.ts';
import { type FileHead, HEAD_BYTES, type HeadAnswer, type HeadOrder } from './head-order.ts';

// Runs in a worker thread: opens file after file, and a disk that is slow to answer holds up nobody. Synchronous calls
// cost a tenth of promised ones.

/** A link is not followed, a named pipe not waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function headOf(path: string, into: Buffer): FileHead | null {
  try {
    const fd = openSync(path, FLAGS);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) return null;
      const headBytes = readSync(fd, into, 0, into.length, 0);
      return { fileBytes: stats.size, headBytes };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = errorCode(error);
    // ELOOP: a link, ENXIO: a socket
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(code)) return null;
    return { problem: messageOf(error) };
  }
}

parentPort?.on('message', ({ id, paths }: HeadOrder) => {
  const bytes = Buffer.from(new ArrayBuffer(paths.length * HEAD_BYTES));
  const heads = paths.map((path, i) =>
    headOf(path, bytes.subarray(i * HEAD_BYTES, (i + 1) * HEAD_BYTES)),
  );
  const answer: HeadAnswer = { id, heads, bytes: bytes.buffer };
  parentPort?.postMessage(answer, [bytes.buffer]);
});
