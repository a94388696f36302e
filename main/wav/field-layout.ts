import { chainsToEnd, isKnownChunk } from './chunk-ids';
import { type FieldHeader, nextPosition, readFieldHeader } from './field-header';
import {
  type Chunk,
  declaredBytes,
  MAX_CHUNKS,
  readAt,
  readChunk,
  type ReadableAt,
} from './header';
import { findGuano, MAX_GUANO_BYTES } from './layout';

/** Where everything is in a WAV file of whatever recorder, however it ended. */
export interface FieldLayout {
  readonly fileBytes: number;
  readonly header: FieldHeader;
  /** Whole frames from the header on. */
  readonly dataBytes: number;
  /** Whole chunks behind the audio. */
  readonly tail: readonly Chunk[];
  /** What was not as it should be, in words. */
  readonly notes: readonly string[];
}

interface SoundEnd {
  /** Bytes that are audio, whole frames or not. */
  readonly available: number;
  readonly tail: readonly Chunk[];
  readonly notes: readonly string[];
}

/** How many of the places where they may begin are tried. */
const MAX_TAILS = 16;
const PIECE_BYTES = 64 * 1024;
/** Behind audio whose end the header tells twice, no more than this is taken for what some program left there. */
const MAX_STRAY_BYTES = 512;

/**
 * Finds the audio of a WAV file. A header is believed where the file bears it out; else all that follows it is audio, up
 * to chunks that reach exactly to the end of the file.
 * @throws WavError when there is none to be found; Node's errors when the file cannot be read
 */
export async function readFieldLayout(source: ReadableAt, fileBytes: number): Promise<FieldLayout> {
  const header = await readFieldHeader(source, fileBytes);
  const { available, tail, notes } = await soundEnd(source, header, fileBytes);
  const { frameBytes } = header.format;
  const dataBytes = available - (available % frameBytes);
  const left = available - dataBytes;
  const stray = header.strayBytes;
  return {
    fileBytes,
    header,
    dataBytes,
    tail,
    notes: [
      ...(stray > 0
        ? [`${bytes(stray)} removed from its header: damaged, or a second format`]
        : []),
      ...notes,
      ...(left > 0 ? [`${bytes(left)} removed at the end of its audio: no whole frame`] : []),
    ],
  };
}

async function soundEnd(
  source: ReadableAt,
  header: FieldHeader,
  fileBytes: number,
): Promise<SoundEnd> {
  const { dataOffset } = header;
  const there = fileBytes - dataOffset;
  const declared = declaredBytes(header);
  if (declared === null || declared > there) {
    const note =
      declared === null
        ? 'the lengths in its header were never filled in'
        : `${bytes(declared - there)} of audio missing that its header promises`;
    return toEndOfFile(source, header, fileBytes, [note]);
  }
  const behind = await behindAudio(source, dataOffset + declared, fileBytes);
  const { chunks, end, restBytes } = behind;
  const believed = (notes: readonly string[]): SoundEnd => ({
    available: declared,
    tail: chunks,
    notes,
  });
  if (restBytes === 0) return believed([]);
  if (declared === 0 && chunks.length === 0) {
    const note = 'its header says that it holds no audio';
    return toEndOfFile(source, header, fileBytes, [note]);
  }
  if (await isCutChunk(source, end)) return believed([removed(restBytes, 'a chunk that was cut')]);
  if (await isAllZeros(source, end, fileBytes)) return believed([removed(restBytes, 'zeros')]);
  if (chunks.length > 0) return believed([removed(restBytes, 'nothing that is known')]);
  const isToldTwice = 8 + header.riffSize === end || 8 + (header.ds64?.riffSize ?? 0) === end;
  if (restBytes < header.format.frameBytes || (isToldTwice && restBytes <= MAX_STRAY_BYTES)) {
    return believed([removed(restBytes, 'nothing that is known')]);
  }
  return toEndOfFile(source, header, fileBytes, ['more audio is there than its header tells']);
}

/** The header does not tell where the audio ends, but whole chunks at the end of the file, or GUANO's own text, may. */
async function toEndOfFile(
  source: ReadableAt,
  { dataOffset, format }: FieldHeader,
  fileBytes: number,
  notes: readonly string[],
): Promise<SoundEnd> {
  const from = Math.max(dataOffset, fileBytes - MAX_GUANO_BYTES);
  const found = await findTail(source, from, fileBytes);
  if (found !== null) {
    const between = found.from - dataOffset;
    // Audio of an odd length is padded.
    const isPad = between % format.frameBytes === 1 && between % 2 === 0;
    return { available: isPad ? between - 1 : between, tail: found.chunks, notes };
  }
  const guano = await findGuano(source, dataOffset, fileBytes);
  if (guano === null) return { available: fileBytes - dataOffset, tail: [], notes };
  const cut = removed(fileBytes - guano.position, 'a GUANO chunk that was cut');
  return { available: guano.position - dataOffset, tail: [], notes: [...notes, cut] };
}

/** The first chain of chunks that ends where the file does. */
async function findTail(
  source: ReadableAt,
  from: number,
  fileBytes: number,
): Promise<{ from: number; chunks: readonly Chunk[] } | null> {
  const end = await readAt(source, from, fileBytes - from);
  for (const at of chainsToEnd(end).slice(0, MAX_TAILS)) {
    const { chunks, restBytes } = await walk(source, from + at, fileBytes);
    if (restBytes === 0) return { from: from + at, chunks };
  }
  return null;
}

/** The whole chunks from a place on, where they end, and what is behind them. */
interface Behind {
  readonly chunks: readonly Chunk[];
  readonly end: number;
  readonly restBytes: number;
}

async function walk(source: ReadableAt, from: number, fileBytes: number): Promise<Behind> {
  const chunks: Chunk[] = [];
  let end = from;
  while (end + 8 <= fileBytes && chunks.length < MAX_CHUNKS) {
    const chunk = await readChunk(source, end);
    if (!/^[ -~]{4}$/.test(chunk.id) || end + 8 + chunk.size > fileBytes) break;
    chunks.push(chunk);
    end = Math.min(await nextPosition(source, chunk), fileBytes);
  }
  return { chunks, end, restBytes: fileBytes - end };
}

/** What follows the audio; without its padding where the writer forgot that. */
async function behindAudio(
  source: ReadableAt,
  audioEnd: number,
  fileBytes: number,
): Promise<Behind> {
  const padded = Math.min(audioEnd + (audioEnd % 2), fileBytes);
  const behind = await walk(source, padded, fileBytes);
  if (behind.restBytes === 0 || padded === audioEnd) return behind;
  const unpadded = await walk(source, audioEnd, fileBytes);
  return unpadded.chunks.length > 0 && unpadded.restBytes === 0 ? unpadded : behind;
}

async function isCutChunk(source: ReadableAt, position: number): Promise<boolean> {
  return isKnownChunk((await readAt(source, position, 4)).toString('latin1'));
}

async function isAllZeros(source: ReadableAt, from: number, to: number): Promise<boolean> {
  for (let position = from; position < to; position += PIECE_BYTES) {
    const piece = await readAt(source, position, Math.min(PIECE_BYTES, to - position));
    if (piece.some((byte) => byte !== 0)) return false;
  }
  return true;
}

function removed(count: number, what: string): string {
  return `${bytes(count)} removed at its end: ${what}`;
}

function bytes(count: number): string {
  return `${String(count)} ${count === 1 ? 'byte' : 'bytes'}`;
}
