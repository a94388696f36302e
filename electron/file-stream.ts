import { open } from 'node:fs/promises';

const CHUNK_BYTES = 256 * 1024;

/**
 * A file's bytes from `first` to `last`, read as fast as they are taken and no faster. The file is open only
 * while a chunk is read: a player that pauses, seeks away or vanishes leaves nothing open behind.
 */
export function streamFile(
  path: string,
  first: number,
  last: number,
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  let position = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (signal?.aborted === true) {
          controller.close();
          return;
        }
        const wanted = Math.min(CHUNK_BYTES, last - position + 1);
        const chunk = new Uint8Array(wanted);
        const handle = await open(path, 'r');
        let bytesRead: number;
        try {
          ({ bytesRead } = await handle.read(chunk, 0, wanted, position));
        } finally {
          await handle.close();
        }
        if (bytesRead === 0) {
          controller.error(new Error('The file became shorter while it was read.'));
          return;
        }
        position += bytesRead;
        controller.enqueue(chunk.subarray(0, bytesRead));
        if (position > last) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
