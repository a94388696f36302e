import { DS64_BYTES, UNKNOWN_32 } from './header';
import { needs64, type TrueSizes } from './sizes';

/** What a file of ours holds, as its capture was told. */
export interface ExpectedFormat {
  /** Hz */
  readonly sampleRateHz: number;
  readonly channels: number;
  /** 16, 24 or 32, packed. */
  readonly bitsPerSample: number;
  /** Where the first sample of such a file lies, if another file of the same run has told. */
  readonly dataOffset?: number;
}

/** SubFormat PCM without its first two bytes. Source: Microsoft's WAVEFORMATEXTENSIBLE. */
const PCM_GUID_END = '000000001000800000aa00389b71';

export function frameBytesOf({ channels, bitsPerSample }: ExpectedFormat): number {
  return (channels * bitsPerSample) / 8;
}

/** The bytes before the first sample, as ffmpeg lays them out: EXTENSIBLE above 16 bit, 48 kHz or two channels. */
export function newHeader(format: ExpectedFormat, dataBytes: number): Buffer {
  const fmt = formatChunk(format);
  const plain = 12 + fmt.length + 8;
  const padded = dataBytes + (dataBytes % 2);
  const small: TrueSizes = { fileBytes: plain + padded, dataBytes };
  if (!needs64(small)) {
    return Buffer.concat([form('RIFF', small.fileBytes - 8), fmt, chunkHeader('data', dataBytes)]);
  }
  const ds64 = Buffer.alloc(DS64_BYTES);
  ds64.writeBigUInt64LE(BigInt(small.fileBytes + 8 + DS64_BYTES - 8), 0);
  ds64.writeBigUInt64LE(BigInt(dataBytes), 8);
  ds64.writeBigUInt64LE(BigInt(dataBytes / frameBytesOf(format)), 16);
  return Buffer.concat([
    form('RF64', UNKNOWN_32),
    chunkHeader('ds64', DS64_BYTES),
    ds64,
    fmt,
    chunkHeader('data', UNKNOWN_32),
  ]);
}

/** Bytes before the first sample as ffmpeg writes them: with a LIST chunk that names its version. */
export function usualDataOffset(format: ExpectedFormat): number {
  return 12 + formatChunk(format).length + 34 + 8;
}

/** With the place that ffmpeg's `rf64=auto` keeps free: no header of ours is longer. */
export const LONGEST_HEADER_BYTES = 12 + 8 + DS64_BYTES + 48 + 34 + 8;

function formatChunk(format: ExpectedFormat): Buffer {
  const { sampleRateHz, channels, bitsPerSample } = format;
  const extensible = bitsPerSample > 16 || sampleRateHz > 48_000 || channels > 2;
  const body = Buffer.alloc(extensible ? 40 : 16);
  body.writeUInt16LE(extensible ? 0xfffe : 1, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(sampleRateHz, 4);
  body.writeUInt32LE(sampleRateHz * frameBytesOf(format), 8);
  body.writeUInt16LE(frameBytesOf(format), 12);
  body.writeUInt16LE(bitsPerSample, 14);
  if (extensible) {
    body.writeUInt16LE(22, 16);
    body.writeUInt16LE(bitsPerSample, 18);
    // Front centre, or front left and right; more microphones have no agreed places.
    body.writeUInt32LE(channels === 1 ? 4 : channels === 2 ? 3 : 0, 20);
    body.writeUInt16LE(1, 24);
    body.write(PCM_GUID_END, 26, 'hex');
  }
  return Buffer.concat([chunkHeader('fmt ', body.length), body]);
}

function form(id: 'RIFF' | 'RF64', size: number): Buffer {
  return Buffer.concat([chunkHeader(id, size), Buffer.from('WAVE', 'latin1')]);
}

export function chunkHeader(id: string, size: number): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  header.writeUInt32LE(size, 4);
  return header;
}
