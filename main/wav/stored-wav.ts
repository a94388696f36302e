import type { Edit } from './edits';
import type { FieldLayout } from './field-layout';
import {
  type Chunk,
  chunkEnd,
  declaredBytes,
  DS64_BYTES,
  type PcmFormat,
  type WavHeader,
} from './header';

import { chunkHeader } from './new-header';
import { sizeEdits } from './sizes';

/** Within the body of an EXTENSIBLE format chunk. */
const VALID_BITS_OFFSET = 18;

/** A stretch of the WAV file that is to be kept. */
export type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** As it stands in the source. Later ranges lie further back in it. */
  | { readonly kind: 'source'; readonly from: number; readonly length: number }
  /** What a decoder makes of the source: all its samples. */
  | {
      readonly kind: 'decoded';
      readonly length: number;
      /** Bytes of one sample; a single byte counts from 0 to 255 in WAV. */
      readonly sampleBytes: number;
      /** MD5 of the samples as FLAC counts it; null: not told. */
      readonly md5: string | null;
    };

/** A whole WAV file, told by where its bytes come from. */
export interface StoredWav {
  readonly pieces: readonly Piece[];
  readonly fileBytes: number;
  /** Where the samples are in it. */
  readonly audio: { readonly offset: number; readonly bytes: number };
}

/** What is to become of a layout, and what had to be put right besides what that told. */
export interface StoredPlan {
  readonly stored: StoredWav;
  readonly isWhole: boolean;
  /** As the file that is kept tells it. */
  readonly bitsPerSample: number;
  readonly notes: readonly string[];
}

/**
 * Decides the bytes to keep of a WAV file: its chunks in their order, padded, with lengths that are true. A file that
 * is so already is one piece. What comes out is whole for `repairWav`, too.
 */
export function planStored(layout: FieldLayout): StoredPlan {
  const plain = assemble(layout, false);
  const { stored, isPadded, edits, formatOffset } =
    plain.edits === null ? assemble(layout, true) : plain;
  const { format } = layout.header;
  const bits = containerBits(format);
  const isMisread = bits !== 8 * Math.ceil(format.bitsPerSample / 8);
  const plainBits = isMisread ? [bitsEdit(formatOffset, bits)] : [];
  const pieces = merged(edited(stored.pieces, [...(edits ?? []), ...plainBits]));
  const only = pieces.length === 1 ? pieces[0] : undefined;
  const isWhole = only?.kind === 'source' && only.length === layout.fileBytes;
  const notes = [
    ...(isPadded ? ['the padding of its chunks was missing'] : []),
    ...((edits ?? []).length > 0 && layout.notes.length === 0
      ? ['the lengths in its header were not true']
      : []),
    ...(isMisread
      ? [
          `its ${String(format.bitsPerSample)} bits in ${String(bits)} are told as ${String(bits)}, which every program reads`,
        ]
      : []),
  ];
  const bitsPerSample = isMisread ? bits : format.bitsPerSample;
  return { stored: { ...stored, pieces }, isWhole, bitsPerSample, notes };
}

interface Assembled {
  readonly stored: StoredWav;
  readonly isPadded: boolean;
  /** Of the format chunk. */
  readonly formatOffset: number;
  /** null: its header has no room for the truth. */
  readonly edits: readonly Edit[] | null;
}

function assemble(
  { header, dataBytes, tail, fileBytes }: FieldLayout,
  giveDs64: boolean,
): Assembled {
  const pieces: Piece[] = [];
  let length = 0;
  let isPadded = false;
  let formatOffset = 0;
  const push = (piece: Piece): void => {
    pieces.push(piece);
    length += lengthOf(piece);
  };
  /** @param next where the source goes on: beyond its end counts as padding only if the byte is there */
  const pushChunk = (chunk: Chunk, next: number): void => {
    push({ kind: 'source', from: chunk.position, length: 8 + chunk.size });
    if (chunk.size % 2 === 0) return;
    const isThere = next >= chunkEnd(chunk);
    push(isThere ? { kind: 'source', from: chunkEnd(chunk) - 1, length: 1 } : zero());
    isPadded ||= !isThere;
  };
  push({ kind: 'source', from: 0, length: 12 });
  let ds64 = header.ds64;
  if (giveDs64) {
    ds64 = { position: length, riffSize: -1, dataSize: -1 };
    push({
      kind: 'bytes',
      bytes: Buffer.concat([chunkHeader('ds64', DS64_BYTES), Buffer.alloc(DS64_BYTES)]),
    });
  }
  const { chunks } = header;
  for (const [index, chunk] of chunks.entries()) {
    if (chunk.id === 'ds64' && header.ds64?.position === chunk.position) {
      ds64 = { ...header.ds64, position: length };
    }
    if (chunk.id === 'fmt ') formatOffset = length;
    pushChunk(chunk, chunks[index + 1]?.position ?? header.dataOffset - 8);
  }
  push({ kind: 'source', from: header.dataOffset - 8, length: 8 });
  const audio = { offset: length, bytes: dataBytes };
  push({ kind: 'source', from: header.dataOffset, length: dataBytes });
  if (dataBytes % 2 === 1) {
    const audioEnd = header.dataOffset + dataBytes;
    const next = tail[0]?.position ?? fileBytes;
    const isThere = declaredBytes(header) === dataBytes && next > audioEnd;
    push(isThere ? { kind: 'source', from: audioEnd, length: 1 } : zero());
    isPadded ||= next === audioEnd;
  }
  for (const [index, chunk] of tail.entries()) {
    pushChunk(chunk, tail[index + 1]?.position ?? fileBytes);
  }
  // A place for 64-bit sizes is the first chunk: nothing before it moves but by a table, which makes it needless.
  const target: WavHeader = { ...header, ds64, dataOffset: audio.offset };
  const edits = sizeEdits(target, { fileBytes: length, dataBytes });
  return {
    stored: { pieces, fileBytes: length, audio },
    isPadded,
    edits,
    formatOffset,
  };
}

function containerBits({ frameBytes, channels }: PcmFormat): number {
  return (8 * frameBytes) / channels;
}

/** ffmpeg takes samples in a container of more bytes than they need for something else, and is what draws and plays them. */
function bitsEdit(formatOffset: number, bits: number): Edit {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(bits);
  return { step: 'write', position: formatOffset + 8 + VALID_BITS_OFFSET, bytes };
}

/** The pieces with some of their bytes written over; the writes lie in stretches of the source or in bytes. */
function edited(pieces: readonly Piece[], edits: readonly Edit[]): Piece[] {
  return edits.reduce<Piece[]>(
    (before, edit) =>
      edit.step === 'write' ? overwritten(before, edit.position, edit.bytes) : before,
    [...pieces],
  );
}

function overwritten(pieces: readonly Piece[], position: number, bytes: Buffer): Piece[] {
  const total = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  return [
    ...cut(pieces, 0, position),
    { kind: 'bytes', bytes },
    ...cut(pieces, position + bytes.length, total),
  ];
}

/** The pieces of a stretch of the target. */
function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const kept: Piece[] = [];
  let start = 0;
  for (const piece of pieces) {
    const length = lengthOf(piece);
    const first = Math.max(from, start) - start;
    const last = Math.min(to, start + length) - start;
    start += length;
    if (last <= first) continue;
    if (piece.kind === 'source') {
      kept.push({ kind: 'source', from: piece.from + first, length: last - first });
    } else if (piece.kind === 'bytes') {
      kept.push({ kind: 'bytes', bytes: piece.bytes.subarray(first, last) });
    } else {
      kept.push(piece);
    }
  }
  return kept;
}

/** Neighbours that belong together as one. */
function merged(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (lengthOf(piece) === 0) continue;
    if (
      last?.kind === 'source' &&
      piece.kind === 'source' &&
      last.from + last.length === piece.from
    ) {
      result[result.length - 1] = { ...last, length: last.length + piece.length };
    } else if (last?.kind === 'bytes' && piece.kind === 'bytes') {
      result[result.length - 1] = {
        kind: 'bytes',
        bytes: Buffer.concat([last.bytes, piece.bytes]),
      };
    } else {
      result.push(piece);
    }
  }
  return result;
}

export function lengthOf(piece: Piece): number {
  return piece.kind === 'bytes' ? piece.bytes.length : piece.length;
}

function zero(): Piece {
  return { kind: 'bytes', bytes: Buffer.alloc(1) };
}
