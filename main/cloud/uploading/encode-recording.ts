import { randomUUID } from 'node:crypto';
import { rm, stat, statfs } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { CloudError } from '../provider';
import { errorCode } from '../../files/error-code';
import { messageOf } from '../../error-message';
import { type FlacEncoder, fitsFlac } from '../../wav/flac-encoder';
import type { EncodedFile, EncodingOrder } from './encoded-file';

/** Hashes of a whole file, by rclone's names. */
export type Digest = (
  path: string,
  kinds: readonly string[],
) => Promise<Readonly<Record<string, string>> & { readonly sha256: string }>;

export interface EncodingParts {
  readonly flac: Pick<FlacEncoder, 'encode'>;
  readonly digest: Digest;
  /** Which hashes the remotes tell, by rclone's names. */
  readonly hashKinds: () => readonly string[];
  /** Of our own, for what is encoded. */
  readonly folder: string;
}

/** The disk has no room for another encoded file: nothing is wrong with the recording. */
export class NoRoomError extends Error {
  constructor() {
    super('there is no room on the data disk to encode recordings for the cloud');
    this.name = 'NoRoomError';
  }
}

/** What FLAC can say of a sample rate. */
const MOST_FLAC_RATE_HZ = 655_350;
/** What the disk keeps free beside the encoded file. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/**
 * Makes the file that is sent: FLAC, compared sample by sample with what it was made of as it is made, metadata kept.
 * What FLAC cannot hold, and what is FLAC already, is sent as it is.
 * @throws CloudError LOCAL_MISSING, ENCODE; NoRoomError; the signal's reason
 */
export async function encodeRecording(
  order: EncodingOrder,
  parts: EncodingParts,
  signal: AbortSignal,
): Promise<EncodedFile> {
  const obstacle = whyAsItIs(order);
  if (obstacle !== null) return await asItIs(order, obstacle, parts);
  await needRoom(parts.folder, order.sizeBytes);
  const to = join(parts.folder, `${String(order.recordingId)}-${randomUUID()}.flac`);
  try {
    const before = await fingerprint(order.from);
    const encoded = await parts.flac.encode(order.from, to, order.sizeBytes, signal);
    if (!encoded.ok) throw await failureOf(order, encoded.reason, parts.folder);
    const source = await reading(parts.digest(order.from, []));
    // Its time may have been corrected just then, and its metadata with it.
    if ((await fingerprint(order.from)) !== before) {
      throw new CloudError('ENCODE', 'the file was changed while it was encoded');
    }
    const { size } = await stat(to);
    const hashes = await parts.digest(to, parts.hashKinds());
    return {
      path: to,
      extension: '.flac',
      sizeBytes: size,
      hashes,
      sourceSha256: source.sha256,
      remark: damageOf(order, source.sha256),
    };
  } catch (error) {
    await rm(to, { force: true }).catch(() => undefined);
    throw error;
  }
}

function whyAsItIs({
  from,
  bitsPerSample,
  sampleRateHz,
  asItIs: isWished,
}: EncodingOrder): string | null {
  if (extname(from).toLowerCase() === '.flac') return '';
  if (!fitsFlac(bitsPerSample)) {
    return `Sent as WAV: few programs read FLAC of ${String(bitsPerSample)} bits.`;
  }
  if (sampleRateHz > MOST_FLAC_RATE_HZ) {
    return `Sent as WAV: FLAC knows no rate of ${String(sampleRateHz)} Hz.`;
  }
  return isWished ? 'Sent as WAV: it could not be encoded.' : null;
}

async function asItIs(
  order: EncodingOrder,
  remark: string,
  { digest, hashKinds }: EncodingParts,
): Promise<EncodedFile> {
  const hashes = await reading(digest(order.from, hashKinds()));
  const { size } = await reading(stat(order.from));
  const words = [remark, damageOf(order, hashes.sha256)].filter((one) => one !== '');
  return {
    path: order.from,
    extension: extname(order.from).toLowerCase() === '.flac' ? '.flac' : '.wav',
    sizeBytes: size,
    hashes,
    sourceSha256: hashes.sha256,
    remark: words.join(' '),
  };
}

/** A copy of a damaged file is better than none, but it must be said. */
function damageOf({ sha256 }: EncodingOrder, found: string): string {
  if (sha256 === null || sha256 === found) return '';
  return `The file is not what was recorded: sha256 ${found} instead of ${sha256}.`;
}

async function failureOf(order: EncodingOrder, reason: string, folder: string): Promise<Error> {
  await fingerprint(order.from); // it may be gone
  await needRoom(folder, order.sizeBytes);
  return new CloudError('ENCODE', `it could not be encoded as FLAC: ${reason}`);
}

/** FLAC is smaller than what it is made of, but for noise. */
async function needRoom(folder: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < sizeBytes + RESERVE_BYTES) throw new NoRoomError();
}

async function fingerprint(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await reading(stat(path));
  return [size, mtimeMs, ino].join();
}

async function reading<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const isGone =
      ['ENOENT', 'ENOTDIR'].includes(errorCode(error)) || /ENOENT|ENOTDIR/.test(messageOf(error));
    throw isGone
      ? new CloudError('LOCAL_MISSING', 'its file is not here', { cause: error })
      : new CloudError('ENCODE', `its file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
