import { formatName, SampleCode } from './sample-code';
import { WavError } from './wav-error';

/** What bytes are read from: an open file, or what stands in for one. */
export interface ReadableAt {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** An open file of which the size can be asked, or what stands in for one (the import reads on its own thread). */
export interface OpenFile extends ReadableAt {
  stat(): Promise<{ readonly size: number }>;
}

/** What the samples are. */
export interface PcmFormat {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Valid bits per sample. */
  readonly bitsPerSample: number;
  /** Bytes of one frame: one sample of every channel in its container. */
  readonly frameBytes: number;
  readonly sampleType: 'integer' | 'float';
}

/** A chunk as its header describes it. */
export interface Chunk {
  readonly id: string;
  /** Of its header; its body begins eight bytes later. */
  readonly position: number;
  /** Bytes of its body, without padding. */
  readonly size: number;
}

/** Everything before the first sample, as it stands there, true or not. */
export interface WavHeader {
  /** The first four letters. */
  readonly form: string;
  /** The 32-bit length of the whole. */
  readonly riffSize: number;
  /** The table of 64-bit sizes, where there is one. */
  readonly ds64: {
    readonly position: number;
    readonly riffSize: number;
    readonly dataSize: number;
  } | null;
  /** Where a table of 64-bit sizes would fit: ffmpeg's `rf64=auto` keeps a place free with JUNK. */
  readonly ds64Place: number | null;
  readonly format: PcmFormat;
  /** The chunks between the form and the audio. */
  readonly chunks: readonly Chunk[];
  /** Position of the first sample in the file. Never assume 44. */
  readonly dataOffset: number;
  /** The 32-bit length of the audio. */
  readonly dataSize: number;
}

/** A length that was never filled in, or that stands in the table of 64-bit sizes. */
export const UNKNOWN_32 = 0xffffffff;
/** Bytes of a table of 64-bit sizes, without its chunk header. */
export const DS64_BYTES = 28;
/** No real file has more chunks before its audio; a damaged one must not keep us walking. */
export const MAX_CHUNKS = 1000;
/** What others' files may hold, and none of ours. */
export type Accepted = 'integer' | 'integer or float';

/**
 * Reads a WAV header by walking its chunks: JUNK, bext, LIST, guan, EXTENSIBLE, odd sizes, RF64.
 * Reads a few hundred bytes whatever the file's size. Source: EBU Tech 3306 (RF64), Microsoft's
 * WAVEFORMATEXTENSIBLE.
 * @param forms how the file may begin
 * @param accepted what its samples may be
 * @throws WavError when there is no PCM audio to be found; Node's errors when the file cannot be read
 */
export async function readHeader(
  handle: ReadableAt,
  path: string,
  fileBytes: number,
  forms = /^(?:RIFF|RF64|BW64)$/,
  accepted: Accepted = 'integer',
): Promise<WavHeader> {
  if (fileBytes === 0) throw new WavError('EMPTY', `${path} is empty`);
  const head = await readAt(handle, 0, 12);
  const form = head.toString('latin1', 0, 4);
  if (head.length < 12 || !forms.test(form) || head.toString('latin1', 8, 12) !== 'WAVE') {
    throw new WavError('NOT_WAV', `${path} does not start as a WAV file`);
  }
  let format: PcmFormat | null = null;
  let ds64: WavHeader['ds64'] = null;
  let ds64Place: number | null = null;
  const chunks: Chunk[] = [];
  let position = 12;
  for (let count = 0; count < MAX_CHUNKS && position + 8 <= fileBytes; count += 1) {
    const chunk = await readChunk(handle, position);
    const { id, size } = chunk;
    const body = position + 8;
    if (id === 'ds64') {
      ds64 = (await readDs64(handle, position)) ?? ds64;
    } else if (id === 'JUNK' && position === 12 && size >= DS64_BYTES) {
      ds64Place = position;
    } else if (id === 'fmt ') {
      format = await readFormat(handle, chunk, path, accepted);
    } else if (id === 'data') {
      if (format === null) throw new WavError('NO_FORMAT', `${path} has audio before its format`);
      const riffSize = head.readUInt32LE(4);
      return { form, riffSize, ds64, ds64Place, format, chunks, dataOffset: body, dataSize: size };
    }
    chunks.push(chunk);
    position = chunkEnd(chunk);
  }
  throw format === null
    ? new WavError('NO_FORMAT', `${path} has no format chunk`)
    : new WavError('NO_DATA', `${path} has no audio chunk`);
}

/** Bytes of audio that the header promises; null when it holds no final length. */
export function declaredBytes({ dataSize, ds64 }: WavHeader): number | null {
  if (dataSize !== UNKNOWN_32) return dataSize;
  return ds64 === null ? null : ds64.dataSize;
}

export async function readChunk(handle: ReadableAt, position: number): Promise<Chunk> {
  const header = await readAt(handle, position, 8);
  return { id: header.toString('latin1', 0, 4), position, size: header.readUInt32LE(4) };
}

/** Where the next chunk begins: every chunk begins at an even position. */
export function chunkEnd({ position, size }: Chunk): number {
  return position + 8 + size + (size % 2);
}

/** Fewer bytes than asked for at the end of the file. */
export async function readAt(
  handle: ReadableAt,
  position: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** null when the file ends within it. */
export async function readDs64(handle: ReadableAt, position: number): Promise<WavHeader['ds64']> {
  const sizes = await readAt(handle, position + 8, DS64_BYTES);
  if (sizes.length < 16) return null;
  const riffSize = Number(sizes.readBigUInt64LE(0));
  return { position, riffSize, dataSize: Number(sizes.readBigUInt64LE(8)) };
}

/** @throws WavError when the chunk is cut, contradicts itself or tells of samples that are not accepted */
export async function readFormat(
  handle: ReadableAt,
  chunk: Chunk,
  path: string,
  accepted: Accepted,
): Promise<PcmFormat> {
  const length = Math.min(chunk.size, 40);
  const fmt = await readAt(handle, chunk.position + 8, length);
  if (fmt.length < length) throw new WavError('NO_FORMAT', `${path} ends within its format`);
  if (fmt.length < 16)
    throw new WavError('NO_FORMAT', `${path} has a format chunk that is too short`);
  const tag = fmt.readUInt16LE(0);
  const channels = fmt.readUInt16LE(2);
  const sampleRateHz = fmt.readUInt32LE(4);
  const frameBytes = fmt.readUInt16LE(12);
  const containerBits = fmt.readUInt16LE(14);
  const extensible = tag === SampleCode.Extensible && fmt.length >= 26;
  const code = extensible ? fmt.readUInt16LE(24) : tag;
  const validBits = extensible ? fmt.readUInt16LE(18) : containerBits;
  const isFloat = code === SampleCode.Float && accepted === 'integer or float';
  if (code !== SampleCode.Integer && !isFloat) {
    throw new WavError('UNSUPPORTED', `${path} holds ${formatName(code)}, not PCM`, code);
  }
  const sane =
    channels > 0 &&
    sampleRateHz > 0 &&
    containerBits > 0 &&
    containerBits % 8 === 0 &&
    frameBytes === (channels * containerBits) / 8 &&
    (!isFloat || containerBits === 32 || containerBits === 64);
  if (!sane)
    throw new WavError('UNSUPPORTED', `${path} has a format chunk that contradicts itself`);
  return {
    channels,
    sampleRateHz,
    frameBytes,
    bitsPerSample: validBits > 0 && validBits <= containerBits ? validBits : containerBits,
    sampleType: isFloat ? 'float' : 'integer',
  };
}
