import { open } from 'node:fs/promises';
import { readFieldHeader } from '@main/wav/field-header';
import { WavError } from '@main/wav/wav-error';

/** A few bytes that stand in for those of a file. */
interface Patch {
  readonly position: number;
  readonly bytes: Buffer;
}

/** How many times slower: ten and twenty bring a bat's call into hearing. */
const SLOWDOWNS: readonly string[] = ['10', '20'];
/** Rate and bytes per second, within the format chunk behind its header. */
const RATE_OFFSET = 8 + 4;

/** What an address asks for (`?slow=10`); null: as it was recorded, `'unknown'`: something that is not offered. */
export function slowdownIn(address: string): number | 'unknown' | null {
  const { searchParams } = new URL(address);
  const wanted = searchParams.get('slow');
  if (wanted === null) return null;
  return SLOWDOWNS.includes(wanted) ? Number(wanted) : 'unknown';
}

/**
 * What to put into a WAV file's header so that it says it runs so many times slower: the samples stay what they are,
 * and a player needs neither memory nor reckoning. null: there is no header to be read.
 */
export async function slowedHeader(
  path: string,
  sizeBytes: number,
  slowdown: number,
): Promise<Patch | null> {
  const handle = await open(path, 'r');
  try {
    const { chunks, format } = await readFieldHeader(handle, sizeBytes);
    const chunk = chunks.find(({ id }) => id === 'fmt ');
    if (chunk === undefined) return null;
    const rateHz = Math.max(1, Math.round(format.sampleRateHz / slowdown));
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(rateHz, 0);
    bytes.writeUInt32LE(rateHz * format.frameBytes, 4);
    return { position: chunk.position + RATE_OFFSET, bytes };
  } catch (error) {
    if (error instanceof WavError) return null;
    throw error;
  } finally {
    await handle.close();
  }
}

/** The bytes of a file from `first` on, with a patch put over them as they go by. */
export function patched(
  body: ReadableStream<Uint8Array>,
  first: number,
  { position, bytes }: Patch,
): ReadableStream<Uint8Array> {
  let at = first;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const from = Math.max(at, position);
        const end = Math.min(at + chunk.length, position + bytes.length);
        if (from < end) chunk.set(bytes.subarray(from - position, end - position), from - at);
        at += chunk.length;
        controller.enqueue(chunk);
      },
    }),
  );
}
