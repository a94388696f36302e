import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
// With its ending: tests run this file as it is, and Node does not guess.
import { SignalMeter } from './signal-meter.ts';
import type { FileDigest, HashAnswer, HashOrder, SampleArea } from './sha256';
import { messageOf } from '../error-message.ts';

// Runs in a worker thread: hashing a night's sound must not hold up the loop that watches the microphones.
// Reads with one buffer that is used again, and asks the kernel for nothing but sequential reads.

/** Fits the processor's cache: a megabyte takes a third more CPU. */
const CHUNK_BYTES = 256 * 1024;
const buffer = Buffer.allocUnsafe(CHUNK_BYTES);

function digest(path: string, area: SampleArea | null, also: readonly string[]): FileDigest {
  const hash = createHash('sha256');
  const others = also.map((name) => ({ name, hash: createHash(name) }));
  const meter = area === null ? null : new SignalMeter(area);
  const [from, to] = area === null ? [0, 0] : [area.offset, area.offset + area.bytes];
  const fd = openSync(path, 'r');
  try {
    let at = 0;
    for (let read = readSync(fd, buffer); read > 0; read = readSync(fd, buffer)) {
      hash.update(buffer.subarray(0, read));
      for (const other of others) other.hash.update(buffer.subarray(0, read));
      const [first, last] = [Math.max(from, at), Math.min(to, at + read)];
      if (meter !== null && first < last) meter.add(buffer.subarray(first - at, last - at));
      at += read;
    }
  } finally {
    closeSync(fd);
  }
  return {
    sha256: hash.digest('hex'),
    signal: meter?.result() ?? null,
    others: Object.fromEntries(others.map((other) => [other.name, other.hash.digest('hex')])),
  };
}

parentPort?.on('message', ({ id, path, area, also }: HashOrder) => {
  let answer: HashAnswer;
  try {
    answer = { id, ...digest(path, area, also) };
  } catch (error) {
    answer = { id, error: messageOf(error) };
  }
  parentPort?.postMessage(answer);
});
