/** One chunk of a RIFF file, padded as the format wants it. */
export interface WavChunk {
  readonly id: string;
  readonly body: Buffer;
  /** What its header says, when that is not the truth. */
  readonly size?: number;
}

export interface WavFormat {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  /** Bits of the container. */
  readonly bits?: number;
  /** EXTENSIBLE only: bits that count. */
  readonly validBits?: number;
  /** EXTENSIBLE only: what the container holds; 1 = PCM, 3 = floating point. */
  readonly subFormat?: number;
}

/** A `fmt ` chunk: 16 bytes, or 40 where it is EXTENSIBLE (as ffmpeg writes above 48 kHz or 16 bit). */
export function formatChunk(format: WavFormat = {}): WavChunk {
  const { channels = 1, rate = 48_000, bits = 16, validBits, subFormat } = format;
  const extensible = validBits !== undefined || subFormat !== undefined;
  const body = Buffer.alloc(extensible ? 40 : 16);
  body.writeUInt16LE(format.tag ?? (extensible ? 0xfffe : 1), 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rate, 4);
  body.writeUInt32LE((rate * channels * bits) / 8, 8);
  body.writeUInt16LE((channels * bits) / 8, 12);
  body.writeUInt16LE(bits, 14);
  if (extensible) {
    body.writeUInt16LE(22, 16);
    body.writeUInt16LE(validBits ?? bits, 18);
    body.writeUInt16LE(subFormat ?? 1, 24);
    Buffer.from('000000001000800000aa00389b71', 'hex').copy(body, 26);
  }
  return { id: 'fmt ', body };
}

export function dataChunk(bytes: number | Buffer, size?: number): WavChunk {
  const body = typeof bytes === 'number' ? Buffer.alloc(bytes, 0x11) : bytes;
  return { id: 'data', body, ...(size === undefined ? {} : { size }) };
}

export function wavBytes(chunks: readonly WavChunk[], form = 'RIFF'): Buffer {
  const parts = chunks.flatMap(({ id, body, size }) => {
    const header = Buffer.alloc(8);
    header.write(id, 'latin1');
    header.writeUInt32LE(size ?? body.length, 4);
    return [header, body, Buffer.alloc(body.length % 2)];
  });
  const content = Buffer.concat(parts);
  const head = Buffer.alloc(12);
  head.write(form, 'latin1');
  head.writeUInt32LE(form === 'RF64' ? 0xffffffff : content.length + 4, 4);
  head.write('WAVE', 8, 'latin1');
  return Buffer.concat([head, content]);
}

/** A plain mono 16-bit file of so many frames. */
export function plainWav(frames: number, rate = 48_000): Buffer {
  return wavBytes([formatChunk({ rate }), dataChunk(frames * 2)]);
}
