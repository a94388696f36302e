import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serveDav } from '../../../support/cloud/dav-server';
import { providerFor } from '../../../support/cloud/provider-for';
import { serveSftp, serveWebdav } from '../../../support/cloud/rclone-server';
import { serveS3 } from '../../../support/cloud/s3-server';
import { folderRemote, type ServedRemote } from '../../../support/cloud/served-remote';
import { mayMount, mountedFolder } from '../../../support/mounted-folder';
import { temporaryFolder } from '../../../support/temporary-folder';

const { signal } = new AbortController();
const MD5 = ['md5'];

const PLACES: readonly {
  readonly name: string;
  readonly serve: () => Promise<ServedRemote> | ServedRemote;
  readonly hashes: readonly string[];
  readonly tellsRoom: boolean;
}[] = [
  { name: 'rclone serve webdav', serve: serveWebdav, hashes: [], tellsRoom: false },
  { name: 'rclone serve sftp', serve: serveSftp, hashes: MD5, tellsRoom: true },
  { name: 's3rver', serve: serveS3, hashes: MD5, tellsRoom: false },
  {
    name: 'a WebDAV server with hashes',
    serve: async () => {
      const server = await serveDav({ vendor: 'nextcloud' });
      return { ...server, options: { ...server.options, vendor: 'owncloud' } };
    },
    hashes: ['md5', 'sha1'],
    tellsRoom: false,
  },
  {
    name: 'a plain folder',
    serve: () => folderRemote(temporaryFolder()),
    hashes: MD5,
    tellsRoom: true,
  },
];

describe.each(PLACES)('$name', ({ serve, hashes, tellsRoom }) => {
  test('takes a file, tells of it, gives it back bit for bit, and removes it', async () => {
    const provider = providerFor(await serve());
    const path = 'wald-süd/mic 1/2026-07-01/a & b #1.flac';
    const { file, bytes } = sound(300_000);

    await provider.check(signal);
    expect((await provider.capabilities(signal)).hashes.toSorted()).toEqual(hashes.toSorted());
    expect(await provider.stat(path, signal)).toBeNull();
    const sent = await provider.upload(file, path, { signal });
    expect(sent).toMatchObject({ path, sizeBytes: bytes.length });
    expect(Object.keys(sent.hashes).toSorted()).toEqual(hashes.toSorted());
    if (hashes.length > 0) expect(sent.hashes['md5']).toBe(md5(bytes));
    expect(await provider.stat(path, signal)).toEqual(sent);

    expect((await read(provider.list('', signal))).map((each) => each.path)).toEqual([path]);
    expect((await read(provider.list('wald-süd/mic 1', signal)))[0]?.sizeBytes).toBe(bytes.length);
    expect(await read(provider.list('nowhere', signal))).toEqual([]);

    const back = join(temporaryFolder(), 'back.flac');
    await provider.download(path, back, { signal });
    expect(readFileSync(back).equals(bytes)).toBe(true);
    const some = await provider.read(path, 100_000, 1_000, signal);
    expect(some.equals(bytes.subarray(100_000, 101_000))).toBe(true);
    expect((await provider.read(path, 299_990, 1_000, signal)).length).toBe(10);

    const room = await provider.storage(signal);
    expect(room !== null && room.free !== null).toBe(tellsRoom);

    await provider.remove(path, signal);
    await provider.remove(path, signal);
    expect(await provider.stat(path, signal)).toBeNull();
  });

  test('has the newer of two files of one size after a second upload', async () => {
    const provider = providerFor(await serve());
    const first = sound(50_000);
    const second = sound(50_000);
    await provider.upload(first.file, 'x/a.flac', { signal });
    await provider.upload(second.file, 'x/a.flac', { signal });
    expect((await provider.read('x/a.flac', 0, 50_000, signal)).equals(second.bytes)).toBe(true);
  });
});

test('what is not there cannot be read', async () => {
  const provider = providerFor(folderRemote(temporaryFolder()));
  await expect(provider.read('none.flac', 0, 10, signal)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test.runIf(mayMount())('a full disk of the station is not taken for a full remote', async () => {
  const provider = providerFor(folderRemote(temporaryFolder()));
  await provider.upload(sound(400_000).file, 'a.flac', { signal });
  const back = join(mountedFolder({ sizeKb: 128 }).path, 'back.flac');
  await expect(provider.download('a.flac', back, { signal })).rejects.toMatchObject({
    code: 'UNKNOWN',
  });
  expect(existsSync(back)).toBe(false);
});

test('a download never goes over a file that is there, and leaves nothing behind when it fails', async () => {
  const provider = providerFor(folderRemote(temporaryFolder()));
  const kept = join(temporaryFolder(), 'kept.flac');
  writeFileSync(kept, 'mine');
  await expect(provider.download('x', kept, { signal })).rejects.toThrow('EEXIST');
  expect(readFileSync(kept, 'utf8')).toBe('mine');
  const none = join(temporaryFolder(), 'none.flac');
  await expect(provider.download('x', none, { signal })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(existsSync(none)).toBe(false);
});

test('an upload that is told to stop stops, and the next one goes through', async () => {
  const server = await serveWebdav();
  const provider = providerFor(server);
  const { file } = sound(3_000_000);
  const stop = new AbortController();
  const uploading = provider.upload(file, 'slow.flac', {
    signal: stop.signal,
    bandwidthLimit: '200K',
    onProgress: () => {
      stop.abort();
    },
  });
  await expect(uploading).rejects.toMatchObject({ name: 'AbortError' });
  await provider.upload(file, 'fast.flac', { signal, bandwidthLimit: null });
  expect((await provider.stat('slow.flac', signal))?.sizeBytes ?? 0).toBeLessThan(3_000_000);
});

function sound(bytes: number): { file: string; bytes: Buffer } {
  const file = join(temporaryFolder(), 'sound.flac');
  const content = randomBytes(bytes);
  writeFileSync(file, content);
  return { file, bytes: content };
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

async function read<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
