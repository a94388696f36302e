import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { burden } from '../process/priority';
import { readAt, type OpenFile } from './header';
import type { Piece, StoredWav } from './stored-wav';

export interface SoundSource {
  readonly handle: OpenFile;
  /** Absolute: where a decoder finds the same file. */
  readonly path: string;
  /** Decodes what is not WAV. */
  readonly ffmpeg: string;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * The bytes of the WAV file that is to be kept, in order, 1 MiB at a time at most; each buffer is the caller's own.
 * A decoder works behind everything else and ends with the last byte, the first error or the caller's break.
 * @throws SourceChangedError when the source is shorter than it was, or holds other samples than it promises; Node's errors
 *   when it cannot be read; the signal's reason
 */
export async function* storedBytes(
  source: SoundSource,
  stored: StoredWav,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  for (const piece of stored.pieces) {
    signal.throwIfAborted();
    if (piece.kind === 'bytes') yield piece.bytes;
    else if (piece.kind === 'source') yield* sourceBytes(source.handle, piece, signal);
    else yield* decodedBytes(source, piece, signal);
  }
}

/** The sound of a file is not what the file promised, or what it was a moment ago. */
export class SourceChangedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SourceChangedError';
  }
}

async function* sourceBytes(
  handle: OpenFile,
  { from, length }: Extract<Piece, { kind: 'source' }>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  for (let done = 0; done < length;) {
    signal.throwIfAborted();
    const bytes = await readAt(handle, from + done, Math.min(PIECE_BYTES, length - done));
    if (bytes.length === 0)
      throw new SourceChangedError('the file became shorter while it was read');
    done += bytes.length;
    yield bytes;
  }
}

async function* decodedBytes(
  { path, ffmpeg }: SoundSource,
  { length, sampleBytes, md5 }: Extract<Piece, { kind: 'decoded' }>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const format = sampleBytes === 1 ? 'u8' : `s${String(sampleBytes * 8)}le`;
  const decoder = execa(
    ffmpeg,
    [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-i', `file:${path}`],
      ...['-map', '0:a:0', '-c:a', `pcm_${format}`, '-f', format, 'pipe:1'],
    ],
    { buffer: { stdout: false }, encoding: 'buffer', reject: false, cancelSignal: signal },
  );
  void burden(decoder.pid);
  const hash = createHash('md5');
  let done = 0;
  try {
    for await (const bytes of decoder.stdout as AsyncIterable<Buffer>) {
      done += bytes.length;
      if (done > length) break;
      // FLAC counts the samples of a single byte from -128.
      hash.update(sampleBytes === 1 ? bytes.map((byte) => byte ^ 0x80) : bytes);
      yield bytes;
    }
  } finally {
    decoder.kill();
  }
  signal.throwIfAborted();
  const { exitCode, isTerminated, stderr, message } = await decoder;
  if (exitCode === undefined && !isTerminated) throw new Error(message);
  const lost = Buffer.from(stderr).toString('utf8').trim().split('\n').at(-1) ?? '';
  if (done !== length) {
    throw new SourceChangedError(
      `it promises ${String(length)} bytes of samples, and a decoder found ${done > length ? 'more' : String(done)}; ${lost}`,
    );
  }
  if (md5 !== null && hash.digest('hex') !== md5) {
    throw new SourceChangedError(`its samples are not those that it was made of; ${lost}`);
  }
}
