import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { storedBytes } from '../wav/stored-bytes';
import type { KeepableSound } from '../wav/survey';
import { AudioDigest } from './audio-digest';
import type { SourceFile } from './source-file';

/** Hashes of a copy, made while it was written. */
export interface CopyDigest {
  readonly sha256: string;
  /** Of the samples alone; null: they are all the same. */
  readonly audioSha256: string | null;
  readonly sizeBytes: number;
}

export interface CopyTools {
  /** Program name or path: decodes what is not WAV. */
  readonly ffmpeg: string;
  readonly signal: AbortSignal;
  /** Told the bytes written so far. */
  readonly onProgress: (bytes: number) => void;
}

/** The copy could not be written. `cause` says why. */
export class CopyError extends Error {
  constructor(cause: unknown) {
    super('a copy could not be written', { cause });
    this.name = 'CopyError';
  }
}

const PIECE_BYTES = 1024 * 1024;

/**
 * Writes what is to be kept of a source into a new file; it is not forced to the disk.
 * @throws CopyError; SourceChangedError; the signal's reason; Node's errors of the source
 */
export async function copySound(
  source: SourceFile,
  survey: KeepableSound,
  copy: string,
  { ffmpeg, signal, onProgress }: CopyTools,
): Promise<CopyDigest> {
  const { stored, facts } = survey;
  const hash = createHash('sha256');
  const audio = new AudioDigest(facts.frameBytes);
  const [from, to] = [stored.audio.offset, stored.audio.offset + stored.audio.bytes];
  const fd = orCopyError(() => openSync(copy, 'wx', 0o644));
  let at = 0;
  try {
    for await (const piece of storedBytes(
      { handle: source, path: source.path, ffmpeg },
      stored,
      signal,
    )) {
      orCopyError(() => writeAllSync(fd, piece));
      hash.update(piece);
      const [first, last] = [Math.max(from, at), Math.min(to, at + piece.length)];
      if (first < last) audio.add(piece.subarray(first - at, last - at));
      at += piece.length;
      onProgress(at);
      signal.throwIfAborted();
    }
  } finally {
    closeSync(fd);
  }
  return { sha256: hash.digest('hex'), audioSha256: audio.result(), sizeBytes: at };
}

/** SHA-256 of all of a source. @throws the signal's reason; Node's errors */
export async function hashSource(
  source: SourceFile,
  signal: AbortSignal,
  onProgress: CopyTools['onProgress'] = () => undefined,
): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (let at = 0; ;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
    onProgress(at);
    signal.throwIfAborted();
  }
}

/** A nearly full disk may take a part of a write and refuse the rest at the next. */
function writeAllSync(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

function orCopyError<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new CopyError(error);
  }
}
