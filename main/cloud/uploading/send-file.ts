import { open } from 'node:fs/promises';
import { type CloudProvider, CloudError, type RemoteObject } from '../provider';
import type { EncodedFile } from './encoded-file';

/** How a copy was read back. */
export type VerifiedBy = 'hash' | 'size_and_samples' | 'download';

/** A copy that was read back. */
export interface SentFile {
  readonly object: RemoteObject;
  readonly verifiedBy: VerifiedBy;
  /** By which hash of the remote, and its value. */
  readonly hash: { readonly kind: string; readonly value: string } | null;
  /** It lay there already. */
  readonly wasThere: boolean;
}

export interface SendOptions {
  readonly provider: CloudProvider;
  readonly file: EncodedFile;
  /** Relative to the base path of the remote. */
  readonly path: string;
  /** An earlier attempt may have stored it. */
  readonly mayBeThere: boolean;
  readonly bandwidthLimit: string | null;
  readonly signal: AbortSignal;
  readonly onStage: (stage: 'sending' | 'reading_back') => void;
  /** Bytes so far. */
  readonly onProgress: (bytes: number) => void;
  /** The last byte is there; whether it is the right one is not known yet. */
  readonly onStored: (object: RemoteObject) => void;
}

/** What is no larger is read back whole. */
const WHOLE_BYTES = 128 * 1024;
const PIECE_BYTES = 32 * 1024;
/** Beside the first and the last. */
const PIECES_BETWEEN = 2;
/** Common ones, the cheapest to trust first. */
const HASH_KINDS = ['sha256', 'sha1', 'md5'] as const;

/**
 * Sends a file, unless it is there already, and reads back what the remote has.
 * @throws CloudError, MISMATCH when what is there is not what was sent; AbortError
 */
export async function sendFile(options: SendOptions): Promise<SentFile> {
  const { provider, file, path, mayBeThere, bandwidthLimit, signal } = options;
  const there = mayBeThere ? await provider.stat(path, signal) : null;
  if (there !== null) {
    options.onStage('reading_back');
    const known = await readBackIfSame(there, options);
    if (known !== null) return { ...known, wasThere: true };
  }
  options.onStage('sending');
  const { onProgress } = options;
  const object = await provider.upload(file.path, path, { signal, bandwidthLimit, onProgress });
  options.onStored(object);
  options.onStage('reading_back');
  return { ...(await readBack(object, options)), wasThere: false };
}

/** null: what is there is something else, or the rest of an attempt that was broken off. */
async function readBackIfSame(
  object: RemoteObject,
  options: SendOptions,
): Promise<Omit<SentFile, 'wasThere'> | null> {
  try {
    return await readBack(object, options);
  } catch (error) {
    if (error instanceof CloudError && error.code === 'MISMATCH') return null;
    throw error;
  }
}

async function readBack(
  object: RemoteObject,
  { provider, file, path, signal }: SendOptions,
): Promise<Omit<SentFile, 'wasThere'>> {
  if (object.sizeBytes !== file.sizeBytes) {
    throw new CloudError(
      'MISMATCH',
      `${String(object.sizeBytes)} bytes are there instead of ${String(file.sizeBytes)}`,
    );
  }
  const kind = HASH_KINDS.find((one) => (object.hashes[one] ?? '') !== '' && one in file.hashes);
  if (kind !== undefined) {
    const [value, expected] = [object.hashes[kind] ?? '', file.hashes[kind] ?? ''];
    if (value.toLowerCase() !== expected) {
      throw new CloudError('MISMATCH', `its ${kind} there is ${value} instead of ${expected}`);
    }
    return { object, verifiedBy: 'hash', hash: { kind, value: expected } };
  }
  const isWhole = file.sizeBytes <= WHOLE_BYTES;
  const pieces = isWhole
    ? [{ offset: 0, count: file.sizeBytes }]
    : samplePieces(file.sizeBytes, Math.random);
  for (const piece of pieces) await comparePiece(piece, { provider, file, path, signal });
  return { object, verifiedBy: isWhole ? 'download' : 'size_and_samples', hash: null };
}

interface Piece {
  readonly offset: number;
  readonly count: number;
}

/** The beginning, the end, and some places in between that a remote cannot know beforehand. */
export function samplePieces(sizeBytes: number, random: () => number): Piece[] {
  const last = Math.max(0, sizeBytes - PIECE_BYTES);
  const between = Array.from({ length: PIECES_BETWEEN }, () => Math.floor(random() * last));
  return [0, ...between, last]
    .sort((a, b) => a - b)
    .map((offset) => ({ offset, count: Math.min(PIECE_BYTES, sizeBytes - offset) }));
}

async function comparePiece(
  { offset, count }: Piece,
  { provider, file, path, signal }: Pick<SendOptions, 'provider' | 'file' | 'path' | 'signal'>,
): Promise<void> {
  if (count === 0) return;
  const handle = await open(file.path, 'r');
  try {
    const here = Buffer.alloc(count);
    const { bytesRead } = await handle.read(here, 0, count, offset);
    const there = await provider.read(path, offset, count, signal);
    if (!there.equals(here.subarray(0, bytesRead))) {
      throw new CloudError(
        'MISMATCH',
        `the ${String(count)} bytes from ${String(offset)} on are not what was sent`,
      );
    }
  } finally {
    await handle.close();
  }
}
