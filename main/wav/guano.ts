import { type FileHandle, open } from 'node:fs/promises';
import { applyEdits, type Edit } from './edits';
import { amendGuanoText, formatGuano, type Guano, parseGuano } from './guano-text';
import { guanoTimestamp } from './guano-timestamp';
import { type Chunk, declaredBytes, readAt } from './header';
import { MAX_GUANO_BYTES, readLayout, type WavLayout } from './layout';
import { chunkHeader } from './new-header';
import { repairWav } from './repair';
import { sizeEdits } from './sizes';
import { WavError } from './wav-error';

/**
 * Puts GUANO metadata into a WAV file, in a chunk behind its audio, in place of any that it has. The file is repaired
 * first. It and its new chunk are on the disk when this returns. Killed at any moment, it leaves a file that is whole or
 * that `repairWav` makes whole, the audio untouched; the same call again completes it, and changes nothing once done.
 * @throws WavError when the file holds no PCM audio or is too large; Node's errors when it cannot be written
 */
export async function writeGuano(path: string, fields: Guano): Promise<void> {
  await putGuano(path, () => formatGuano(fields));
}

/** The metadata of a WAV file, wherever in it they lie; null when it has none. @throws as `inspectWav` */
export async function readGuano(path: string): Promise<Guano | null> {
  const handle = await open(path, 'r');
  try {
    // Imported files may hold floating point.
    const layout = await readLayout(handle, path, 'integer or float');
    const text = await readText(handle, layout);
    return text === null ? null : parseGuano(text);
  } finally {
    await handle.close();
  }
}

/**
 * Changes some fields and keeps all others as they stand there.
 * @returns false when the file has no GUANO metadata
 * @throws as `writeGuano`
 */
export async function amendGuano(path: string, changes: Guano): Promise<boolean> {
  return putGuano(path, (text) => (text === null ? null : amendGuanoText(text, changes)));
}

/**
 * Gives a recording the start that a clock which was set since tells, UTC milliseconds, in the station's zone. Nothing
 * else changes but the word on that clock.
 * @returns false when the file has no GUANO metadata
 * @throws as `writeGuano`
 */
export async function restampGuano(path: string, startMs: number, zone: string): Promise<boolean> {
  return amendGuano(
    path,
    new Map([
      ['Timestamp', guanoTimestamp(startMs, zone)],
      ['Silvasonic|Clock', 'synchronised'],
    ]),
  );
}

async function putGuano(
  path: string,
  newText: (text: string | null) => string | null,
): Promise<boolean> {
  await repairWav(path);
  const handle = await open(path, 'r+');
  try {
    const layout = await readLayout(handle, path);
    const old = await readText(handle, layout);
    const text = newText(old);
    if (text === null) return false;
    const body = evenBytes(text);
    const isThere = old !== null && evenBytes(old).equals(body);
    const edits = planGuano(layout, isThere ? null : body);
    if (edits === null) throw new WavError('UNSUPPORTED', `${path} has no room for metadata`);
    await applyEdits(handle, edits);
    return true;
  } finally {
    await handle.close();
  }
}

/**
 * The steps that put a chunk at the end of a whole file and retire those before it. At no moment is there none if there
 * was one: the new chunk is on the disk before the header counts it, and counted before the old one goes.
 * @param body null: the last chunk is right, only others are to go
 * @returns null when the file would be larger than its header can count
 */
export function planGuano(layout: WavLayout, body: Buffer | null): Edit[] | null {
  const { header, fileBytes } = layout;
  const olds = guanoChunks(layout);
  if (body === null) return retire(olds.slice(0, -1));
  if (body.length > MAX_GUANO_BYTES / 2) return null;
  const chunk = Buffer.concat([chunkHeader('guan', body.length), body]);
  const dataBytes = declaredBytes(header) ?? 0; // known: the file is whole
  const sizes = sizeEdits(header, { fileBytes: fileBytes + chunk.length, dataBytes });
  if (sizes === null) return null;
  return [
    { step: 'write', position: fileBytes, bytes: chunk },
    { step: 'sync' },
    ...sizes,
    { step: 'sync' },
    ...retire(olds),
  ];
}

/** Readers pass over JUNK. */
function retire(chunks: readonly Chunk[]): Edit[] {
  if (chunks.length === 0) return [];
  return [
    ...chunks.map(({ position }) => ({
      step: 'write' as const,
      position,
      bytes: Buffer.from('JUNK', 'latin1'),
    })),
    { step: 'sync' },
  ];
}

/** In the order of the file: the last one counts. */
function guanoChunks({ header, tail }: WavLayout): Chunk[] {
  return [...header.chunks, ...(tail?.chunks ?? [])].filter(({ id }) => id === 'guan');
}

async function readText(handle: FileHandle, layout: WavLayout): Promise<string | null> {
  const last = guanoChunks(layout).at(-1);
  if (last === undefined) return null;
  const bytes = await readAt(handle, last.position + 8, Math.min(last.size, MAX_GUANO_BYTES));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1'); // against the standard, but so do others write it
  }
}

/** Padded within, as the standard asks. */
function evenBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(' ')]);
}
