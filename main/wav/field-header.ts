import { isKnownChunk } from './chunk-ids';
import {
  type Chunk,
  chunkEnd,
  DS64_BYTES,
  MAX_CHUNKS,
  type PcmFormat,
  readAt,
  readChunk,
  readDs64,
  readFormat,
  type ReadableAt,
  UNKNOWN_32,
  type WavHeader,
} from './header';
import { FORMS_IN_BETWEEN } from './layout';
import { WavError } from './wav-error';

/** A header as others write and lose it. */
export interface FieldHeader extends WavHeader {
  /** Bytes among its chunks that are none. */
  readonly strayBytes: number;
}

/** How far a lost chunk is looked for. */
const SEARCH_BYTES = 64 * 1024;
const MAX_SEARCHES = 8;
/** The two sizes and the count of samples; the table of further sizes may be left out. */
const MIN_DS64_BYTES = DS64_BYTES - 4;
const NAME = 'the file';

/**
 * Reads a WAV header more leniently than `readHeader`, which serves our own files: samples may be floating point, chunks
 * of an odd size may lack their padding, and behind a damaged chunk the next that matters is looked for.
 * @throws WavError when there is no PCM audio to be found; Node's errors when the file cannot be read
 */
export async function readFieldHeader(source: ReadableAt, fileBytes: number): Promise<FieldHeader> {
  const head = await readAt(source, 0, 12);
  const form = head.toString('latin1', 0, 4);
  const isWave = FORMS_IN_BETWEEN.test(form) && head.toString('latin1', 8, 12) === 'WAVE';
  if (head.length < 12 || !isWave) throw new WavError('NOT_WAV', `${NAME} is no WAV file`);
  let format: PcmFormat | null = null;
  let ds64: WavHeader['ds64'] = null;
  let ds64Place: number | null = null;
  const chunks: Chunk[] = [];
  let strayBytes = 0;
  let searches = 0;
  let position = 12;
  for (let count = 0; count < MAX_CHUNKS && position + 8 <= fileBytes; count += 1) {
    const chunk = await readChunk(source, position);
    if (chunk.id === 'data' && format === null) break;
    if (!isPlausible(chunk, fileBytes)) {
      searches += 1;
      const found =
        searches > MAX_SEARCHES ? null : await findNext(source, position, format, fileBytes);
      if (found === null) break;
      strayBytes += found - position;
      position = found;
      continue;
    }
    const { id, size } = chunk;
    if (id === 'data' && format !== null) {
      const riffSize = head.readUInt32LE(4);
      const dataOffset = position + 8;
      const sizes = { riffSize, ds64, ds64Place, dataOffset, dataSize: size };
      return { form, format, chunks, strayBytes, ...sizes };
    }
    const next = await nextPosition(source, chunk);
    // Readers do not agree on which of two formats counts; for us it is the first.
    if (id === 'fmt ' ? format !== null : id === 'ds64' && size < MIN_DS64_BYTES) {
      strayBytes += next - position;
      position = next;
      continue;
    }
    if (id === 'ds64') ds64 = (await readDs64(source, position)) ?? ds64;
    else if (id === 'JUNK' && position === 12 && size >= DS64_BYTES) ds64Place = position;
    else if (id === 'fmt ') format = await readFormat(source, chunk, NAME, 'integer or float');
    chunks.push(chunk);
    position = next;
  }
  throw format === null
    ? new WavError('NO_FORMAT', `${NAME} has no format chunk before its audio`)
    : new WavError('NO_DATA', `${NAME} has no audio chunk`);
}

/** Where the chunk behind this one begins: some writers forget the padding of an odd one. */
export async function nextPosition(source: ReadableAt, chunk: Chunk): Promise<number> {
  const padded = chunkEnd(chunk);
  if (chunk.size % 2 === 0) return padded;
  const ids = (await readAt(source, padded - 1, 5)).toString('latin1');
  return isKnownChunk(ids.slice(0, 4)) && !isKnownChunk(ids.slice(1)) ? padded - 1 : padded;
}

/** The audio may promise anything; every other chunk has to end within the file. */
function isPlausible(chunk: Chunk, fileBytes: number): boolean {
  if (chunk.id === 'data') return true;
  return /^[ -~]{4}$/.test(chunk.id) && chunk.position + 8 + chunk.size <= fileBytes;
}

/** The next chunk that tells the format or, once that is known, holds the audio. */
async function findNext(
  source: ReadableAt,
  from: number,
  format: PcmFormat | null,
  fileBytes: number,
): Promise<number | null> {
  const window = await readAt(source, from, Math.min(SEARCH_BYTES, fileBytes - from));
  const id = Buffer.from(format === null ? 'fmt ' : 'data', 'latin1');
  for (let at = window.indexOf(id, 1); at >= 0; at = window.indexOf(id, at + 1)) {
    if (at + 8 > window.length) return null;
    const size = window.readUInt32LE(at + 4);
    const isFormat = size >= 16 && size <= 40;
    const isAudio = size === 0 || size === UNKNOWN_32 || from + at + 8 + size <= fileBytes;
    if (format === null ? isFormat : isAudio) return from + at;
  }
  return null;
}
