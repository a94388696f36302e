import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  encodeRecording,
  type EncodingParts,
  NoRoomError,
} from '@main/cloud/uploading/encode-recording';
import type { EncodingOrder } from '@main/cloud/uploading/encoded-file';
import { temporaryFolder } from '../../../support/temporary-folder';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function encoding(parts: Partial<EncodingParts> = {}) {
  const folder = temporaryFolder();
  const from = join(temporaryFolder(), 'a.wav');
  writeFileSync(from, 'sound');
  const encode = (wish: Partial<EncodingOrder> = {}) =>
    encodeRecording(
      {
        recordingId: 1,
        from,
        sizeBytes: 5,
        sampleRateHz: 48_000,
        bitsPerSample: 16,
        sha256: null,
        asItIs: false,
        ...wish,
      },
      {
        flac: {
          encode: async (source, to) => {
            await copyFile(source, to);
            return { ok: true };
          },
        },
        digest: async (path) => ({ sha256: sha256(await readFile(path, 'utf8')) }),
        hashKinds: () => [],
        folder,
        ...parts,
      },
      new AbortController().signal,
    );
  return { encode, from, left: () => readdirSync(folder) };
}

it('a disk without room is no fault of the recording', async () => {
  const { encode, left } = encoding();
  await expect(encode({ sizeBytes: 2 ** 60 })).rejects.toBeInstanceOf(NoRoomError);
  expect(left()).toEqual([]);
});

it('says when a file is not what was recorded, and sends it all the same', async () => {
  const { encode } = encoding();
  expect((await encode({ sha256: sha256('sound') })).remark).toBe('');
  const damaged = await encode({ sha256: sha256('another sound') });
  expect(damaged).toMatchObject({ sourceSha256: sha256('sound') });
  expect(damaged.remark).toContain('not what was recorded');
});

it('leaves nothing behind of a file that is changed while it is encoded', async () => {
  const { encode, left } = encoding({
    flac: {
      encode: async (source, to) => {
        await copyFile(source, to);
        writeFileSync(source, 'other sound');
        return { ok: true };
      },
    },
  });
  await expect(encode()).rejects.toMatchObject({ code: 'ENCODE' });
  expect(left()).toEqual([]);
});

it('tells a file that is gone from one that cannot be encoded', async () => {
  const refused: Partial<EncodingParts> = {
    flac: { encode: () => Promise.resolve({ ok: false, reason: 'ERROR: unsupported' }) },
  };
  await expect(encoding(refused).encode()).rejects.toMatchObject({
    code: 'ENCODE',
    message: expect.stringContaining('unsupported') as string,
  });
  const { encode, from } = encoding(refused);
  rmSync(from);
  await expect(encode()).rejects.toMatchObject({ code: 'LOCAL_MISSING' });
  await expect(encode({ asItIs: true })).rejects.toMatchObject({ code: 'LOCAL_MISSING' });
});

it('sends a FLAC file that was imported as it is', async () => {
  const { encode, from, left } = encoding();
  const flac = from.replace('.wav', '.flac');
  writeFileSync(flac, 'sound');
  expect(await encode({ from: flac })).toMatchObject({
    path: flac,
    extension: '.flac',
    remark: '',
  });
  expect(left()).toEqual([]);
});
