import { readAt, type ReadableAt } from './header';

/** What the first block tells. Source: RFC 9639, section 8.2. */
export interface StreamInfo {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** null: not told. */
  readonly frames: number | null;
  /** Of the samples, little-endian; null: not told. */
  readonly md5: string | null;
}

export interface FlacBlocks {
  readonly info: StreamInfo;
  /** By name in capitals, the first of each. */
  readonly comments: ReadonlyMap<string, string>;
  /** The chunks of the WAV file that it was made from, as `flac --keep-foreign-metadata` keeps them; `data` without its samples. */
  readonly riff: readonly Buffer[];
}

const STREAMINFO = 0;
const APPLICATION = 2;
const VORBIS_COMMENT = 4;
const STREAMINFO_BYTES = 34;
const MAX_BLOCKS = 1000;
/** Pictures are passed over; no text that we read is longer. */
const MAX_BLOCK_BYTES = 512 * 1024;

/** Where a FLAC stream begins in a file: behind ID3 tags, if any; null: it is none. */
export async function flacOffset(source: ReadableAt): Promise<number | null> {
  const head = await readAt(source, 0, 10);
  const isTagged = head.length === 10 && head.toString('latin1', 0, 3) === 'ID3';
  const offset = isTagged ? 10 + syncSafe(head.subarray(6)) : 0;
  const name = offset === 0 ? head.subarray(0, 4) : await readAt(source, offset, 4);
  return name.toString('latin1') === 'fLaC' ? offset : null;
}

/** @returns null when the file does not begin with a stream's description */
export async function readFlacBlocks(
  source: ReadableAt,
  offset: number,
): Promise<FlacBlocks | null> {
  let info: StreamInfo | null = null;
  let comments: ReadonlyMap<string, string> = new Map();
  const riff: Buffer[] = [];
  let position = offset + 4;
  for (let count = 0; count < MAX_BLOCKS; count += 1) {
    const header = await readAt(source, position, 4);
    if (header.length < 4) break;
    const type = header.readUInt8(0) & 0x7f;
    const length = header.readUIntBE(1, 3);
    const isRead = [STREAMINFO, APPLICATION, VORBIS_COMMENT].includes(type);
    if (isRead && length <= MAX_BLOCK_BYTES) {
      const body = await readAt(source, position + 4, length);
      if (body.length < length) break;
      if (type === STREAMINFO && length >= STREAMINFO_BYTES) info ??= parseStreamInfo(body);
      else if (type === VORBIS_COMMENT) comments = parseComments(body);
      else if (type === APPLICATION && body.toString('latin1', 0, 4) === 'riff') {
        riff.push(body.subarray(4));
      }
    }
    position += 4 + length;
    if (header.readUInt8(0) >= 0x80) break;
  }
  return info === null ? null : { info, comments, riff };
}

function parseStreamInfo(body: Buffer): StreamInfo {
  const packed = body.readBigUInt64BE(10);
  const frames = Number(packed & 0xf_ffff_ffffn);
  const md5 = body.toString('hex', 18, 34);
  return {
    sampleRateHz: Number(packed >> 44n),
    channels: Number((packed >> 41n) & 7n) + 1,
    bitsPerSample: Number((packed >> 36n) & 31n) + 1,
    frames: frames === 0 ? null : frames,
    md5: /^0+$/.test(md5) ? null : md5,
  };
}

/** Source: the Vorbis I specification, section 5. */
function parseComments(body: Buffer): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  if (body.length < 4) return comments;
  let position = 4 + body.readUInt32LE(0) + 4; // past the vendor and the count
  while (position + 4 <= body.length) {
    const length = body.readUInt32LE(position);
    const text = body.toString('utf8', position + 4, position + 4 + length);
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals)).toUpperCase();
    const value = text.slice(equals + 1).trim();
    if (name !== '' && value !== '' && !comments.has(name)) comments.set(name, value);
    position += 4 + length;
  }
  return comments;
}

/** Seven bits of each byte. Source: ID3v2.4, section 6.2. */
function syncSafe(bytes: Buffer): number {
  return bytes.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
}
