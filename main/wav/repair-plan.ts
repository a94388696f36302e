import type { Edit } from './edits';
import { type Chunk, chunkEnd, declaredBytes, UNKNOWN_32 } from './header';
import { MAX_GUANO_BYTES, type WavLayout, type WavTail } from './layout';
import { sizeEdits } from './sizes';
import { zerosNote } from './zero-end';

/** How a file becomes whole. */
export interface RepairPlan {
  /** Frames whose bytes are in the file: the repaired file has exactly these. */
  readonly frames: number;
  /** Bytes of audio that the header is to promise. */
  readonly dataBytes: number;
  /** The steps, in place; empty for a whole file, null when its header has no room for the truth. */
  readonly edits: readonly Edit[] | null;
  /** What was found, in words; empty for a whole file. */
  readonly note: string;
}

/** Where the audio ends, and where the file is to end before any padding. */
interface SoundEnd {
  readonly dataBytes: number;
  readonly end: number;
  readonly note: string;
}

/**
 * Decides what a file needs that its writer did not finish: a killed capture, a full disk, a power cut, a GUANO
 * chunk cut within. A header is believed where the file bears it out; else all that follows it is audio. Bytes
 * are cut off only where they are no whole frame or a chunk that was not finished.
 */
export function planRepair(layout: WavLayout): RepairPlan {
  const { header, fileBytes } = layout;
  const { dataBytes, end, note } = soundEnd(layout);
  const dataEnd = header.dataOffset + dataBytes;
  // A chunk is padded to an even length; behind the last one the byte may be missing.
  const padded = end + (end % 2);
  const sizes = sizeEdits(header, { fileBytes: padded, dataBytes });
  const cut: Edit[] = end < fileBytes ? [{ step: 'truncate', to: end }, { step: 'sync' }] : [];
  const pad: Edit[] =
    padded > end ? [{ step: 'write', position: end, bytes: Buffer.alloc(1) }] : [];
  const steps = sizes === null ? null : [...cut, ...sizes, ...pad];
  const notes = [
    note,
    // Silence may be real, and if it is not, its length is: it stays.
    layout.zeroBytesAtEnd > 0 && dataEnd === end ? zerosNote(layout.zeroBytesAtEnd) : '',
  ].filter((text) => text !== '');
  return {
    frames: Math.floor(dataBytes / header.format.frameBytes),
    dataBytes,
    edits: steps === null || steps.length === 0 ? steps : [...steps, { step: 'sync' }],
    note: steps?.length === 0 ? '' : notes.join('; ') || 'the lengths in its header were not final',
  };
}

function soundEnd(layout: WavLayout): SoundEnd {
  const { header, fileBytes, tail, guano } = layout;
  const declared = declaredBytes(header);
  if (tail !== null && declared !== null) {
    const { chunks, restBytes } = tail;
    const end = unfinishedChunkAt(layout, tail);
    if (end !== null) {
      const note = `a chunk behind the audio was not finished: ${String(fileBytes - end)} bytes of it were removed`;
      return { dataBytes: declared, end, note };
    }
    const beyond = fileBytes - header.dataOffset - declared;
    const cutFrame = beyond > 0 && beyond < header.format.frameBytes;
    if (chunks.length === 0 && (restBytes === 0 || cutFrame)) {
      const isWhole = declared % header.format.frameBytes === 0;
      return wholeFrames(layout, isWhole ? declared : declared + beyond);
    }
    if (restBytes === 0) return { dataBytes: declared, end: tail.end, note: '' };
  }
  return guano === null
    ? wholeFrames(layout, fileBytes - header.dataOffset)
    : beforeGuano(layout, guano);
}

/** Nothing but audio follows the header: its whole frames. */
function wholeFrames({ header, fileBytes }: WavLayout, available: number): SoundEnd {
  const { frameBytes } = header.format;
  const dataBytes = available - (available % frameBytes);
  const dataEnd = header.dataOffset + dataBytes;
  const beyond = fileBytes - dataEnd;
  const isPadding = beyond === dataBytes % 2 && declaredBytes(header) === dataBytes;
  if (isPadding) return { dataBytes, end: fileBytes, note: '' };
  const note =
    beyond > 0 ? `${String(beyond)} bytes at its end were no whole frame and were removed` : '';
  return { dataBytes, end: dataEnd, note };
}

/** The header does not tell where the audio ends, but a GUANO chunk's own text does. */
function beforeGuano({ header, fileBytes }: WavLayout, guano: Chunk): SoundEnd {
  const available = guano.position - header.dataOffset;
  const left = available % header.format.frameBytes;
  const dataBytes = available - left;
  if (guano.position + 8 + guano.size > fileBytes) {
    const note = 'its GUANO chunk was not finished and was removed';
    return { dataBytes, end: header.dataOffset + dataBytes, note };
  }
  // The chunk stays where it is, so that the audio has to reach up to it, but for a byte of padding.
  const isPadded = left === 1 && dataBytes % 2 === 1;
  return { dataBytes: isPadded ? dataBytes : available, end: fileBytes, note: '' };
}

/**
 * Where a chunk begins that was being written behind the audio when all ended: a GUANO chunk that the header does not
 * count yet, whichever of its bytes reached the disk, or any chunk that the header counts and the file does not hold.
 */
function unfinishedChunkAt({ header, fileBytes }: WavLayout, tail: WavTail): number | null {
  const { chunks, end, restBytes, restHead } = tail;
  const isPlain = header.form === 'RIFF';
  const riffEnd = 8 + (isPlain ? header.riffSize : (header.ds64?.riffSize ?? 0));
  if (riffEnd < fileBytes) {
    const uncounted = chunks.find(({ position }) => position === riffEnd);
    const isBoundary = uncounted !== undefined || riffEnd === end;
    if (!isBoundary || fileBytes - riffEnd > MAX_GUANO_BYTES) return null;
    // Audio never follows another chunk.
    const isBehindChunk = restBytes > 0 && chunks[0] !== undefined && chunks[0].position < riffEnd;
    const isGuano = uncounted === undefined ? beginsGuano(restHead) : uncounted.id === 'guan';
    return isBehindChunk || isGuano ? riffEnd : null;
  }
  if (restBytes === 0 || restBytes > MAX_GUANO_BYTES || riffEnd === fileBytes) return null;
  if (restHead.toString('latin1', 0, 4) === 'guan'.slice(0, restBytes)) return end;
  if (isPlain && header.riffSize === UNKNOWN_32) return null;
  if (restHead.length < 8) return end;
  const cut = { id: '', position: end, size: restHead.readUInt32LE(4) };
  return chunkEnd(cut) === riffEnd ? end : null;
}

/**
 * Whether bytes are the beginning of a GUANO chunk, or of the place where one was to be: a power cut can leave a file
 * its new length, and zeros for any block of what was to fill it.
 */
function beginsGuano(bytes: Buffer): boolean {
  const id = Buffer.from('guan', 'latin1');
  const name = bytes.subarray(0, id.length);
  if (name.equals(id.subarray(0, name.length))) return true;
  const isOrZero = (part: Buffer, expected: Buffer): boolean =>
    part.every((byte, i) => byte === 0 || byte === expected[i]);
  const textStart = Buffer.from('GUANO|', 'latin1');
  return isOrZero(name, id) && isOrZero(bytes.subarray(8, 8 + textStart.length), textStart);
}
