import { open } from 'node:fs/promises';
import { execa } from 'execa';
import { burden, burdenIdle, idleIo } from '../process/priority';

/** Sample sizes that every FLAC decoder reads; the format's newest version alone takes 32 bits. */
const MOST_BITS = 24;
/** A program that hangs must not hang its caller: this long, and a second for each megabyte. */
const PATIENCE_MS = 60_000;
const PATIENCE_PER_BYTE_MS = 1 / 1000;
/** No timer takes more. */
const LONGEST_PATIENCE_MS = 2 ** 31 - 1;

/** From here on a WAV file has to be RF64, and `flac` makes it so when it decodes. */
const RIFF_LIMIT_BYTES = 2 ** 32;

/** How an encoding ended. */
export type Encoded =
  | { readonly ok: true }
  | { readonly ok: false; /** In the encoder's own words. */ readonly reason: string };

/** WAV to FLAC without loss, by the `flac` program, which alone keeps GUANO, LIST and bext chunks. */
export class FlacEncoder {
  readonly #program: string;

  /** @param program name or path */
  constructor(program = 'flac') {
    this.#program = program;
  }

  async isInstalled(): Promise<boolean> {
    const probing = execa(this.#program, ['--version'], { reject: false, timeout: 10_000 });
    void burden(probing.pid);
    const { failed, stdout } = await probing;
    return !failed && stdout.startsWith('flac ');
  }

  /**
   * Encodes one file, and decodes it while doing so to compare every sample. The result may not be on the disk yet.
   * What is left of a refused one is the caller's to remove.
   * @param to a name that is free
   * @throws the signal's reason
   */
  async encode(from: string, to: string, sizeBytes: number, signal: AbortSignal): Promise<Encoded> {
    signal.throwIfAborted();
    if (sizeBytes < RIFF_LIMIT_BYTES && (await isLargeForm(from))) {
      return { ok: false, reason: 'flac gives the header of so small an RF64 file back empty' };
    }
    // A second program for each file, only to put it behind the others, would cost as much as a short one.
    const { program, args } = idleIo(this.#program, [
      ...['-5', '--verify', '--silent', '--keep-foreign-metadata', '-o', to, '--', from],
    ]);
    const encoding = execa(program, args, {
      reject: false,
      stdin: 'ignore',
      cancelSignal: signal,
      timeout: Math.min(
        LONGEST_PATIENCE_MS,
        Math.ceil(PATIENCE_MS + sizeBytes * PATIENCE_PER_BYTE_MS),
      ),
    });
    void burdenIdle(encoding.pid);
    const { failed, stderr, shortMessage } = await encoding;
    signal.throwIfAborted();
    return failed
      ? { ok: false, reason: firstComplaint(stderr) ?? shortMessage ?? '' }
      : { ok: true };
  }
}

/**
 * Whether a file has the header for sound beyond 4 GiB. `flac` 1.4 writes "RIFF" over it when it decodes a smaller one,
 * and zeros over its first chunk: no program reads that.
 */
async function isLargeForm(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null);
  // The program says better what is wrong with it.
  if (file === null) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return ['RF64', 'BW64'].includes(buffer.toString('latin1'));
  } finally {
    await file.close();
  }
}

/** Can FLAC hold such samples so that everybody can read them again? */
export function fitsFlac(bitsPerSample: number): boolean {
  return bitsPerSample <= MOST_BITS;
}

/** Without the name of the file before it, and without what the program always says. */
function firstComplaint(stderr: string): string | null {
  const line = stderr.split('\n').find((one) => /\b(?:ERROR|WARNING)\b/.test(one));
  return line?.replace(/^.*?(?=\b(?:ERROR|WARNING)\b)/, '').trim() ?? null;
}
