import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FlacEncoder } from '@main/wav/flac-encoder';
import { temporaryFolder } from '../../support/temporary-folder';
import { dataChunk, formatChunk, wavBytes } from '../../support/wav-bytes';

describe('a FLAC file made of a recording', () => {
  const encode = async (bytes: Buffer) => {
    const folder = temporaryFolder();
    const [from, to] = [join(folder, 'a.wav'), join(folder, 'a.flac')];
    writeFileSync(from, bytes);
    const { size } = statSync(from);
    const encoded = await new FlacEncoder().encode(from, to, size, new AbortController().signal);
    return { encoded, from, to, back: join(folder, 'back.wav') };
  };

  it('gives it back byte by byte', async () => {
    const { encoded, from, to, back } = await encode(wavBytes([formatChunk(), dataChunk(64)]));
    expect(encoded).toEqual({ ok: true });
    execFileSync('flac', ['-s', '-d', '--keep-foreign-metadata', '-o', back, to], {
      stdio: 'ignore',
    });
    expect(readFileSync(back).equals(readFileSync(from))).toBe(true);
  });

  it('is not made of a small RF64 file, whose header it would lose', async () => {
    const ds64 = { id: 'ds64', body: Buffer.alloc(28) };
    ds64.body.writeBigUInt64LE(64n, 8);
    const { encoded } = await encode(wavBytes([ds64, formatChunk(), dataChunk(64)], 'RF64'));
    expect(encoded).toMatchObject({ ok: false, reason: expect.stringContaining('RF64') as string });
  });
});
