import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CloudProvider } from '@main/cloud/provider';
import { samplePieces, sendFile } from '@main/cloud/uploading/send-file';
import { memoryProvider } from '../../../support/cloud/memory-provider';
import { temporaryFolder } from '../../../support/temporary-folder';

const SIZE = 400_000;

function sending(wish: { mayBeThere?: boolean; store?: (bytes: Buffer) => Buffer } = {}) {
  const there = memoryProvider();
  const bytes = Buffer.from(Array.from({ length: SIZE }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
  const path = join(temporaryFolder(), 'a.flac');
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  /** It tells no hashes, and believes whatever it stores. */
  const provider: CloudProvider = {
    ...there,
    upload: async (file, to, options) => {
      await there.upload(file, to, options);
      there.objects.set(to, wish.store?.(bytes) ?? bytes);
      return { ...(await there.stat(to, options.signal)), hashes: {} } as never;
    },
    stat: async (to, signal) => {
      const object = await there.stat(to, signal);
      return object === null ? null : { ...object, hashes: {} };
    },
  };
  const stored: unknown[] = [];
  const send = () =>
    sendFile({
      provider,
      file: {
        path,
        extension: '.flac',
        sizeBytes: SIZE,
        hashes: { sha256 },
        sourceSha256: sha256,
        remark: '',
      },
      path: 'a/b.flac',
      mayBeThere: wish.mayBeThere ?? false,
      bandwidthLimit: null,
      signal: new AbortController().signal,
      onStage: () => undefined,
      onProgress: () => undefined,
      onStored: (object) => stored.push(object),
    });
  return { there, bytes, send, stored };
}

it('a copy on a remote without hashes is checked by its size and by parts of it', async () => {
  const { send, stored } = sending();
  await expect(send()).resolves.toMatchObject({
    verifiedBy: 'size_and_samples',
    hash: null,
    wasThere: false,
  });
  expect(stored).toHaveLength(1);
});

it.each<[string, (bytes: Buffer) => Buffer]>([
  ['is shorter', (bytes) => bytes.subarray(0, SIZE - 1)],
  ['goes on behind its end', (bytes) => Buffer.concat([bytes, Buffer.alloc(9)])],
  ['has another beginning', (bytes) => Buffer.concat([Buffer.alloc(9), bytes.subarray(9)])],
  ['has another end', (bytes) => Buffer.concat([bytes.subarray(0, SIZE - 9), Buffer.alloc(9)])],
])('a copy that %s is found out', async (_name, store) => {
  await expect(sending({ store }).send()).rejects.toMatchObject({ code: 'MISMATCH' });
});

it.each<[string, (bytes: Buffer) => Buffer]>([
  ['the rest of a broken attempt', (bytes) => bytes.subarray(0, 1_000)],
  ['something longer', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
])('%s that lies in its place is written over, and not taken for it', async (_name, old) => {
  const { there, bytes, send } = sending({ mayBeThere: true });
  there.objects.set('a/b.flac', old(bytes));
  await expect(send()).resolves.toMatchObject({ wasThere: false });
  expect(there.objects.get('a/b.flac')?.equals(bytes)).toBe(true);
});

it('what is there already, whole, is not sent again', async () => {
  const { there, bytes, send } = sending({ mayBeThere: true });
  there.objects.set('a/b.flac', bytes);
  await expect(send()).resolves.toMatchObject({ wasThere: true });
  expect(there.uploads).toEqual([]);
});

it('samples lie within a file, with its beginning and its end among them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      (size, stream) => {
        const pieces = samplePieces(size, () => Number(stream.next().value));
        for (const { offset, count } of pieces) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + count).toBeLessThanOrEqual(size);
          expect(count).toBeGreaterThan(0);
        }
        expect(pieces[0]?.offset).toBe(0);
        expect(pieces.some(({ offset, count }) => offset + count === size)).toBe(true);
      },
    ),
  );
});
