import type { Edit } from './edits';
import { DS64_BYTES, UNKNOWN_32, type WavHeader } from './header';

/** What a header has to say of a file. */
export interface TrueSizes {
  readonly fileBytes: number;
  readonly dataBytes: number;
}

/** Up to here a plain WAV header can count; one more would mean "not known". */
const LARGEST_32 = UNKNOWN_32 - 1;

export function needs64({ fileBytes }: TrueSizes): boolean {
  return fileBytes - 8 > LARGEST_32;
}

/**
 * The writes that make a header tell the truth, none where it does. Any one of them may be the last before a
 * power cut: the length of the audio comes first, and what has no true length yet says so.
 * @returns null when the file is larger than its header can count and has no place for 64-bit sizes
 */
export function sizeEdits(header: WavHeader, sizes: TrueSizes): Edit[] | null {
  if (header.ds64 !== null || needs64(sizes)) return sizeEdits64(header, sizes);
  return [
    ...field(header.dataOffset - 4, header.dataSize, sizes.dataBytes),
    ...field(4, header.riffSize, sizes.fileBytes - 8),
    ...name(0, header.form, 'RIFF'),
  ];
}

function sizeEdits64(header: WavHeader, sizes: TrueSizes): Edit[] | null {
  const position = header.ds64?.position ?? header.ds64Place;
  if (position === null) return null;
  const riffSize = sizes.fileBytes - 8;
  const keeps32 = header.dataSize !== UNKNOWN_32 && !needs64(sizes);
  // What a place kept free held is cleared with it: the count of further sizes is the last of its fields.
  const table = Buffer.alloc(header.ds64 === null ? DS64_BYTES : DS64_BYTES - 4);
  table.writeBigUInt64LE(BigInt(riffSize), 0);
  table.writeBigUInt64LE(BigInt(sizes.dataBytes), 8);
  table.writeBigUInt64LE(BigInt(Math.floor(sizes.dataBytes / header.format.frameBytes)), 16);
  const isTrue =
    header.ds64 !== null &&
    header.ds64.riffSize === riffSize &&
    header.ds64.dataSize === sizes.dataBytes;
  return [
    ...field(header.dataOffset - 4, header.dataSize, keeps32 ? sizes.dataBytes : UNKNOWN_32),
    ...(isTrue ? [] : [{ step: 'write', position: position + 8, bytes: table } as const]),
    ...(header.ds64 === null ? name(position, 'JUNK', 'ds64') : []),
    ...field(4, header.riffSize, UNKNOWN_32),
    ...name(0, header.form, header.form === 'BW64' ? 'BW64' : 'RF64'),
  ];
}

function field(position: number, is: number, shouldBe: number): Edit[] {
  if (is === shouldBe) return [];
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(shouldBe);
  return [{ step: 'write', position, bytes }];
}

function name(position: number, is: string, shouldBe: string): Edit[] {
  return is === shouldBe
    ? []
    : [{ step: 'write', position, bytes: Buffer.from(shouldBe, 'latin1') }];
}
