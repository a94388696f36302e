import { readFieldHeader } from './field-header';
import { readFieldLayout } from './field-layout';
import { type FlacBlocks, readFlacBlocks, type StreamInfo } from './flac-blocks';
import { InParts } from './in-parts';
import { declaredBytes, type ReadableAt } from './header';
import { infoChunk, readChunkMetadata, describe, type SoundMetadata } from './metadata';
import { newHeader } from './new-header';
import { refused, type SoundSurvey } from './sound-survey';
import { type Piece, planStored, type StoredWav } from './stored-wav';
import { WavError } from './wav-error';

/** The WAV file around the samples of a FLAC file. */
interface Surrounding {
  readonly before: Buffer;
  readonly after: Buffer;
}

/** Whole bytes; what has other depths comes from no recorder. */
const DEPTHS = [8, 16, 24, 32];
/** Vorbis comments that have a name in a WAV file. */
const INFO_NAMES: readonly (readonly [string, string])[] = [
  ['COMMENT', 'ICMT'],
  ['DESCRIPTION', 'ICMT'],
  ['ARTIST', 'IART'],
  ['TITLE', 'INAM'],
  ['DATE', 'ICRD'],
  ['GENRE', 'IGNR'],
  ['COPYRIGHT', 'ICOP'],
  ['ENCODER', 'ISFT'],
];

/**
 * A FLAC file as the WAV file that it is kept as: bit by bit the one that it was made from where it keeps that one's
 * chunks, else one with its comments. Only decoding will tell whether its samples are whole.
 * @param offset where the stream begins
 */
export async function surveyFlac(source: ReadableAt, offset: number): Promise<SoundSurvey> {
  const blocks = await readFlacBlocks(source, offset);
  if (blocks === null) return refused('CUT_HEADER', 'it is FLAC and ends within its header');
  const { sampleRateHz, channels, bitsPerSample, frames, md5 } = blocks.info;
  if (sampleRateHz === 0 || !DEPTHS.includes(bitsPerSample)) {
    const note = `it is FLAC of ${String(sampleRateHz)} Hz and ${String(bitsPerSample)} bit`;
    return refused('BAD_FORMAT', note);
  }
  if (frames === null) return refused('BAD_FORMAT', 'it is FLAC that does not tell its length');
  const frameBytes = (channels * bitsPerSample) / 8;
  const length = frames * frameBytes;
  const { stored, metadata } = await storedFlac(blocks, length);
  return {
    kind: 'convertible',
    facts: {
      container: 'flac',
      sampleRateHz,
      channels,
      bitsPerSample,
      frameBytes,
      sampleType: 'integer',
      frames,
    },
    metadata,
    stored: {
      ...stored,
      pieces: stored.pieces.map((piece) =>
        piece.kind === 'decoded' ? { ...piece, sampleBytes: bitsPerSample / 8, md5 } : piece,
      ),
    },
    note: 'it is FLAC and was decoded without loss',
  };
}

interface StoredFlac {
  readonly stored: StoredWav;
  readonly metadata: SoundMetadata;
}

async function storedFlac(blocks: FlacBlocks, length: number): Promise<StoredFlac> {
  const original = splitAtData(blocks.riff);
  const restored = original === null ? null : await arrange(blocks.info, original, length);
  if (restored !== null) return restored;
  const before = newHeader(blocks.info, length);
  const info = new Map<string, string>();
  for (const [name, id] of INFO_NAMES) {
    const value = blocks.comments.get(name);
    if (value !== undefined && !info.has(id)) info.set(id, value);
  }
  const made = await arrange(blocks.info, { before, after: infoChunk(info) }, length);
  if (made === null) throw new Error('a header of our own cannot be read');
  return { ...made, metadata: describe({ info: blocks.comments }) };
}

function splitAtData(riff: readonly Buffer[]): Surrounding | null {
  const data = riff.findIndex((block) => block.toString('latin1', 0, 4) === 'data');
  if (data < 0) return null;
  return {
    before: Buffer.concat(riff.slice(0, data + 1)),
    after: Buffer.concat(riff.slice(data + 1)),
  };
}

/** @returns null when what surrounds the samples does not fit them */
async function arrange(
  info: StreamInfo,
  { before, after }: Surrounding,
  length: number,
): Promise<StoredFlac | null> {
  const parts = new InParts([before, length, Buffer.alloc(length % 2), after]);
  try {
    const declared = declaredBytes(await readFieldHeader(parts, parts.length));
    if (declared !== length && declared !== null) return null;
    const layout = await readFieldLayout(parts, parts.length);
    const { header, dataBytes, tail } = layout;
    const { format, dataOffset } = header;
    const fits =
      dataOffset === before.length &&
      dataBytes === length &&
      format.sampleRateHz === info.sampleRateHz &&
      format.channels === info.channels &&
      format.frameBytes * 8 === info.channels * info.bitsPerSample;
    if (!fits) return null;
    const { stored } = planStored(layout);
    return {
      stored: {
        ...stored,
        pieces: stored.pieces.flatMap((piece) => resolved(piece, parts, before.length, length)),
      },
      metadata: await readChunkMetadata(parts, [...header.chunks, ...tail]),
    };
  } catch (error) {
    if (error instanceof WavError) return null;
    throw error;
  }
}

/** A stretch of the file in parts as what it is made of. */
function resolved(piece: Piece, parts: InParts, dataOffset: number, length: number): Piece[] {
  if (piece.kind !== 'source') return [piece];
  const end = piece.from + piece.length;
  const dataEnd = dataOffset + length;
  const before: Piece = {
    kind: 'bytes',
    bytes: parts.bytes(piece.from, Math.min(end, dataOffset)),
  };
  if (end <= dataOffset) return [before];
  const after: Piece = { kind: 'bytes', bytes: parts.bytes(Math.max(piece.from, dataEnd), end) };
  if (piece.from >= dataEnd) return [after];
  const samples: Piece = { kind: 'decoded', length, sampleBytes: 0, md5: null };
  return [before, samples, after].filter(
    (part) => part.kind === 'decoded' || part.bytes.length > 0,
  );
}
