import { open, type FileHandle } from 'node:fs/promises';

/** What a WAV file says of itself and what is really there. */
export interface WavInfo {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Valid bits per sample. */
  readonly bitsPerSample: number;
  /** Bytes of one frame: one sample of every channel in its container. */
  readonly frameBytes: number;
  /** Position of the first sample in the file. Never assume 44. */
  readonly dataOffset: number;
  /** Bytes of audio that are really in the file. */
  readonly dataBytes: number;
  readonly frames: number;
  /**
   * `whole`: the header and the file agree. `unfinished`: the header holds no final length, as after a
   * killed writer; audio may follow. `truncated`: less audio than the header promises.
   */
  readonly state: 'whole' | 'unfinished' | 'truncated';
  readonly fileBytes: number;
}

export type WavProblem =
  | 'EMPTY' // zero bytes
  | 'NOT_WAV' // no RIFF/RF64 … WAVE at the start
  | 'NO_FORMAT' // data, or the end, before a usable fmt chunk
  | 'NO_DATA' // no data chunk
  | 'UNSUPPORTED'; // not PCM, or numbers that cannot be

/** The file is not a WAV file that holds PCM audio; `problem` says in which way. */
export class WavError extends Error {
  readonly problem: WavProblem;

  constructor(problem: WavProblem, message: string) {
    super(message);
    this.name = 'WavError';
    this.problem = problem;
  }
}

const PCM = 1;
const EXTENSIBLE = 0xfffe;
const UNKNOWN_32 = 0xffffffff;
/** No real file has more chunks before its audio; a damaged one must not keep us walking. */
const MAX_CHUNKS = 1000;

/**
 * Reads a WAV header by walking its chunks: JUNK, bext, LIST, guan, EXTENSIBLE, odd sizes, RF64.
 * Reads a few hundred bytes whatever the file's size. Source: EBU Tech 3306 (RF64), Microsoft's
 * WAVEFORMATEXTENSIBLE.
 * @throws WavError when there is no PCM audio to be found; Node's errors when the file cannot be read
 */
export async function inspectWav(path: string): Promise<WavInfo> {
  const handle = await open(path, 'r');
  try {
    return await walk(handle, path);
  } finally {
    await handle.close();
  }
}

interface Format {
  sampleRateHz: number;
  channels: number;
  bitsPerSample: number;
  frameBytes: number;
}

async function walk(handle: FileHandle, path: string): Promise<WavInfo> {
  const fileBytes = (await handle.stat()).size;
  if (fileBytes === 0) throw new WavError('EMPTY', `${path} is empty`);
  const head = await readAt(handle, 0, 12);
  const form = head.toString('latin1', 0, 4);
  if (
    head.length < 12 ||
    !/^(RIFF|RF64)$/.test(form) ||
    head.toString('latin1', 8, 12) !== 'WAVE'
  ) {
    throw new WavError('NOT_WAV', `${path} does not start as a WAV file`);
  }
  let format: Format | null = null;
  let dataSize64: number | null = null;
  let position = 12;
  for (let count = 0; count < MAX_CHUNKS && position + 8 <= fileBytes; count += 1) {
    const chunk = await readAt(handle, position, 8);
    const id = chunk.toString('latin1', 0, 4);
    const size = chunk.readUInt32LE(4);
    const body = position + 8;
    if (id === 'ds64') {
      const ds64 = await readAt(handle, body, 28);
      if (ds64.length >= 16) dataSize64 = Number(ds64.readBigUInt64LE(8));
    } else if (id === 'fmt ') {
      format = readFormat(await readAt(handle, body, Math.min(size, 40)), path);
    } else if (id === 'data') {
      if (format === null) throw new WavError('NO_FORMAT', `${path} has audio before its format`);
      return measure(format, body, size, dataSize64, fileBytes);
    }
    position = body + size + (size % 2);
  }
  throw format === null
    ? new WavError('NO_FORMAT', `${path} has no format chunk`)
    : new WavError('NO_DATA', `${path} has no audio chunk`);
}

function measure(
  format: Format,
  dataOffset: number,
  size32: number,
  size64: number | null,
  fileBytes: number,
): WavInfo {
  const available = Math.max(0, fileBytes - dataOffset);
  const declared = size32 === UNKNOWN_32 && size64 !== null ? size64 : size32;
  // A writer that was killed leaves 0xFFFFFFFF, or 0 with audio behind it.
  const unfinished = declared === UNKNOWN_32 || (declared === 0 && available >= format.frameBytes);
  const usable = unfinished ? available : Math.min(declared, available);
  const frames = Math.floor(usable / format.frameBytes);
  return {
    ...format,
    dataOffset,
    dataBytes: frames * format.frameBytes,
    frames,
    state: unfinished ? 'unfinished' : declared > available ? 'truncated' : 'whole',
    fileBytes,
  };
}

function readFormat(fmt: Buffer, path: string): Format {
  if (fmt.length < 16)
    throw new WavError('NO_FORMAT', `${path} has a format chunk that is too short`);
  const tag = fmt.readUInt16LE(0);
  const channels = fmt.readUInt16LE(2);
  const sampleRateHz = fmt.readUInt32LE(4);
  const frameBytes = fmt.readUInt16LE(12);
  const containerBits = fmt.readUInt16LE(14);
  const extensible = tag === EXTENSIBLE && fmt.length >= 26;
  const code = extensible ? fmt.readUInt16LE(24) : tag;
  const validBits = extensible ? fmt.readUInt16LE(18) : containerBits;
  if (code !== PCM) {
    throw new WavError('UNSUPPORTED', `${path} holds format ${String(code)}, not PCM`);
  }
  const sane =
    channels > 0 &&
    sampleRateHz > 0 &&
    containerBits > 0 &&
    containerBits % 8 === 0 &&
    frameBytes === (channels * containerBits) / 8;
  if (!sane)
    throw new WavError('UNSUPPORTED', `${path} has a format chunk that contradicts itself`);
  return {
    channels,
    sampleRateHz,
    frameBytes,
    bitsPerSample: validBits > 0 && validBits <= containerBits ? validBits : containerBits,
  };
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
