import { spawn } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { burdenIdle, idleIo } from '../process/priority';
import { type FlacBlocks, readFlacBlocks } from './flac-blocks';

/** How a decoding ended. */
export type Decoded = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A program that hangs must not hang its caller: this long, and a second for each megabyte of sound. */
const PATIENCE_MS = 60_000;
const PATIENCE_PER_BYTE_MS = 1 / 1000;
/** No timer takes more. */
const LONGEST_PATIENCE_MS = 2 ** 31 - 1;

/** What surrounds the samples, and how many bytes those are. */
interface Plan {
  readonly before: Buffer;
  readonly dataBytes: number;
  readonly after: Buffer;
  readonly bitsPerSample: number;
}

/**
 * FLAC back to the very WAV file that it was made of: the chunks that it keeps, with its samples between them. Not by
 * the `flac` program alone, which writes a format chunk of its own instead of the one that was there.
 */
export class FlacDecoder {
  readonly #program: string;

  /** @param program name or path */
  constructor(program = 'flac') {
    this.#program = program;
  }

  /**
   * Decodes one file, and compares its samples with the MD5 that it carries. The result is on the disk when this
   * returns; of a failure nothing is left.
   * @param to a name that is free
   * @param mostBytes more sound than this is not believed: a file may claim whatever it wants
   * @throws the signal's reason; Node's errors of the disk
   */
  async decode(from: string, to: string, mostBytes: number, signal: AbortSignal): Promise<Decoded> {
    signal.throwIfAborted();
    const plan = planOf(await readBlocks(from), mostBytes);
    if (typeof plan === 'string') return { ok: false, reason: plan };
    const target = await open(to, 'wx', 0o644);
    let isWhole = false;
    try {
      await target.writeFile(plan.before);
      const failure = await this.#decodeInto(target.fd, from, plan, signal);
      const { size } = await target.stat();
      if (failure !== null) return { ok: false, reason: failure };
      if (size !== plan.before.length + plan.dataBytes) {
        return { ok: false, reason: 'it holds another number of samples than it says' };
      }
      // In a WAV file every chunk begins at an even place.
      await target.writeFile(Buffer.concat([Buffer.alloc(plan.dataBytes % 2), plan.after]));
      await target.sync();
      isWhole = true;
      return { ok: true };
    } finally {
      await target.close();
      if (!isWhole) await rm(to, { force: true });
    }
  }

  /** The samples go from the program into the file by themselves. @returns what the program complains of */
  async #decodeInto(
    fd: number,
    from: string,
    { bitsPerSample, dataBytes }: Plan,
    signal: AbortSignal,
  ): Promise<string | null> {
    const sign = bitsPerSample === 8 ? 'unsigned' : 'signed';
    const { program, args } = idleIo(this.#program, [
      ...['--decode', '--silent', '--stdout', '--force-raw-format', '--endian=little'],
      ...[`--sign=${sign}`, '--', from],
    ]);
    const decoding = spawn(program, args, {
      stdio: ['ignore', fd, 'pipe'],
      signal,
      killSignal: 'SIGKILL',
      timeout: Math.min(
        LONGEST_PATIENCE_MS,
        Math.ceil(PATIENCE_MS + dataBytes * PATIENCE_PER_BYTE_MS),
      ),
    });
    void burdenIdle(decoding.pid);
    // Ended by the signal, too, it is waited for: nothing writes any more when this returns.
    const ended = new Promise<{ readonly code: number | null; readonly problem: string }>(
      (resolve) => {
        let problem = '';
        decoding.once('error', ({ message }) => {
          problem = message;
          if (decoding.pid === undefined) resolve({ code: null, problem });
        });
        decoding.once('close', (code: number | null) => {
          resolve({ code, problem });
        });
      },
    );
    const said = decoding.stderr === null ? '' : text(decoding.stderr).catch(() => '');
    const { code, problem } = await ended;
    signal.throwIfAborted();
    if (code === 0) return null;
    return firstComplaint(await said) ?? (problem === '' ? 'it cannot be decoded' : problem);
  }
}

async function readBlocks(path: string): Promise<FlacBlocks | null> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'fLaC' ? await readFlacBlocks(file, 0) : null;
  } finally {
    await file.close();
  }
}

/** @returns why it cannot be given back as a WAV file */
function planOf(blocks: FlacBlocks | null, mostBytes: number): Plan | string {
  if (blocks === null) return 'it is no FLAC file';
  const { frames, channels, bitsPerSample } = blocks.info;
  const data = blocks.riff.findIndex((chunk) => chunk.toString('latin1', 0, 4) === 'data');
  if (data < 0) return 'it does not keep what surrounded its samples';
  if (frames === null || bitsPerSample % 8 !== 0) return 'it does not tell how long it is';
  const dataBytes = (frames * channels * bitsPerSample) / 8;
  if (dataBytes > mostBytes) return `it claims to hold ${String(dataBytes)} bytes of sound`;
  return {
    before: Buffer.concat(blocks.riff.slice(0, data + 1)),
    dataBytes,
    after: Buffer.concat(blocks.riff.slice(data + 1)),
    bitsPerSample,
  };
}

function firstComplaint(stderr: string): string | null {
  const line = stderr.split('\n').find((one) => /\b(?:ERROR|WARNING)\b/.test(one));
  return line?.replace(/^.*?(?=\b(?:ERROR|WARNING)\b)/, '').trim() ?? null;
}
