import {
  type Accepted,
  type Chunk,
  chunkEnd,
  declaredBytes,
  type OpenFile,
  readAt,
  readChunk,
  readHeader,
  type ReadableAt,
  type WavHeader,
} from './header';
import { zerosAtEnd } from './zero-end';

/** What lies behind the end of the audio, if the header's word is taken for where that is. */
export interface WavTail {
  /** Whole chunks, one behind the other. */
  readonly chunks: readonly Chunk[];
  /** Where they end; not beyond the end of the file, though a last byte of padding may be missing. */
  readonly end: number;
  /** Bytes behind them that are no whole chunk. */
  readonly restBytes: number;
  /** The first of those bytes, 16 at most. */
  readonly restHead: Buffer;
}

/** The facts about one file on which repair and metadata rest. */
export interface WavLayout {
  readonly fileBytes: number;
  readonly header: WavHeader;
  /** null when the header promises more than there is, or nothing final. */
  readonly tail: WavTail | null;
  /** The file's last GUANO chunk, found by its text; looked for only where the header does not tell. */
  readonly guano: Chunk | null;
  /** Zeros at the end, bytes, a sector of them at least; looked for only where the header does not tell. */
  readonly zeroBytesAtEnd: number;
}

/** No GUANO text that the station reads or writes is longer. */
export const MAX_GUANO_BYTES = 256 * 1024;
const MAX_TAIL_CHUNKS = 1000;
const GUANO_START = /guan[^]{4}GUANO\|/g;
/** A form that was cut while it changed from RIFF to RF64 is still one. */
export const FORMS_IN_BETWEEN = /^(?:R[IF][F6][F4]|BW64)$/;

/**
 * @param accepted what its samples may be
 * @throws WavError when there is no PCM audio to be found; Node's errors when the file cannot be read
 */
export async function readLayout(
  handle: OpenFile,
  path: string,
  accepted?: Accepted,
): Promise<WavLayout> {
  const fileBytes = (await handle.stat()).size;
  const header = await readHeader(handle, path, fileBytes, FORMS_IN_BETWEEN, accepted);
  const tail = await readTail(handle, header, fileBytes);
  const clear = tail !== null && tail.restBytes === 0;
  return {
    fileBytes,
    header,
    tail,
    guano: clear ? null : await findGuano(handle, header.dataOffset, fileBytes),
    zeroBytesAtEnd: clear ? 0 : await zerosAtEnd(handle, header.dataOffset, fileBytes),
  };
}

async function readTail(
  handle: ReadableAt,
  header: WavHeader,
  fileBytes: number,
): Promise<WavTail | null> {
  const declared = declaredBytes(header);
  if (declared === null || header.dataOffset + declared > fileBytes) return null;
  const chunks: Chunk[] = [];
  let end = Math.min(header.dataOffset + declared + (declared % 2), fileBytes);
  while (end + 8 <= fileBytes && chunks.length < MAX_TAIL_CHUNKS) {
    const chunk = await readChunk(handle, end);
    const body = end + 8 + chunk.size;
    if (!/^[ -~]{4}$/.test(chunk.id) || body > fileBytes) break;
    chunks.push(chunk);
    end = Math.min(chunkEnd(chunk), fileBytes);
  }
  return { chunks, end, restBytes: fileBytes - end, restHead: await readAt(handle, end, 16) };
}

/** The last GUANO chunk at the end of a file by its text, whole or not. */
export async function findGuano(
  handle: ReadableAt,
  dataOffset: number,
  fileBytes: number,
): Promise<Chunk | null> {
  const from = Math.max(dataOffset, fileBytes - MAX_GUANO_BYTES);
  const end = (await readAt(handle, from, Math.max(0, fileBytes - from))).toString('latin1');
  const places = [...end.matchAll(GUANO_START)].map(({ index }) => from + index);
  const last = places.findLast((position) => position % 2 === 0);
  return last === undefined ? null : readChunk(handle, last);
}

/** Bytes at the end of the file that belong to whole blocks of nothing but zeros. */
