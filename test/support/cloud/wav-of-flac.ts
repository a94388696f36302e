import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { readFlacBlocks } from '@main/wav/flac-blocks';

/**
 * The very WAV file that a FLAC file was made of: the chunks that it keeps, with its samples between them. `flac -d`
 * writes a format chunk of its own instead of the one that was there.
 */
export async function wavOfFlac(path: string): Promise<Buffer> {
  const handle = await open(path);
  const blocks = await readFlacBlocks(handle, 0).finally(() => handle.close());
  if (blocks === null) throw new Error('this is no FLAC');
  const raw = ['--force-raw-format', '--endian=little', '--sign=signed'];
  const samples = execFileSync('flac', ['-s', '-d', '-c', ...raw, path], {
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const at = blocks.riff.findIndex((chunk) => chunk.toString('latin1', 0, 4) === 'data');
  return Buffer.concat([...blocks.riff.slice(0, at + 1), samples, ...blocks.riff.slice(at + 1)]);
}
