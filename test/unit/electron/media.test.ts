import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mediaHandler } from '../../../electron/media';

const SIZE = 1_000_000;
const content = Buffer.from(
  Uint8Array.from({ length: SIZE }, (_, at) => (at * 7 + (at >> 8)) & 0xff),
);
const PICTURE = Buffer.from('\x89PNG', 'latin1');
let folder: string;
let file: string;
let picture: string;
let answer: (request: Request) => Promise<Response>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'silvasonic-media-'));
  file = join(folder, 'one.wav');
  await writeFile(file, content);
  picture = join(folder, '1-v1.png');
  await writeFile(picture, PICTURE);
  answer = mediaHandler({
    recording: (id, stream) => {
      if (id === 1 && stream === 'raw') return { path: file };
      if (id === 2) return { path: join(folder, 'gone.wav') };
      if (id === 3) return { path: folder };
      return null;
    },
    asset: (id, kind) => {
      if (id === 1 && kind === 'spectrogram') return { path: picture };
      if (id === 1) return { path: file };
      if (id === 2) return { path: join(folder, 'gone.png') };
      return null;
    },
  });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function ask(
  address: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> {
  return answer(new Request(address, { headers, method }));
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

async function openOn(path: string): Promise<number> {
  const { readlink } = await import('node:fs/promises');
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((target) => target === path).length;
}

describe('audio by database id', () => {
  it('is sent whole', async () => {
    const response = await ask('media://recording/1/raw');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('audio/wav');
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('content-length')).toBe(String(SIZE));
    expect((await bytesOf(response)).equals(content)).toBe(true);
  });

  it.each([
    ['bytes=0-', 0, SIZE - 1],
    ['bytes=44-1043', 44, 1043],
    ['bytes=262100-524400', 262_100, 524_400],
    ['bytes=-1000', SIZE - 1000, SIZE - 1],
  ])('is sent in part for %s', async (range, first, last) => {
    const response = await ask('media://recording/1/raw', { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${first}-${last}/${SIZE}`);
    expect(response.headers.get('content-length')).toBe(String(last - first + 1));
    expect((await bytesOf(response)).equals(content.subarray(first, last + 1))).toBe(true);
  });

  it('has no part beyond its end', async () => {
    const response = await ask('media://recording/1/raw', { range: `bytes=${SIZE}-` });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe(`bytes */${SIZE}`);
  });

  it('tells its size without its content', async () => {
    const response = await ask('media://recording/1/raw', {}, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(SIZE));
    expect((await bytesOf(response)).length).toBe(0);
  });

  it.each([
    ['media://recording/abc/raw', 400],
    ['media://recording/1.5/raw', 400],
    ['media://recording/-1/raw', 400],
    ['media://recording/0/raw', 400],
    ['media://recording/1e3/raw', 400],
    ['media://recording/99999999999999999999/raw', 400],
    ['media://recording/..%2f..%2fetc%2fpasswd/raw', 400],
    ['media://recording/', 400],
    ['media://recording/1', 404],
    ['media://recording/1/cooked', 404],
    ['media://recording/1/raw/more', 404],
    ['media://elsewhere/1/raw', 404],
    ['media://recording/1/processed', 404],
    ['media://recording/7/raw', 404],
    ['media://recording/2/raw', 404],
    ['media://recording/3/raw', 404],
  ])('%s is refused with %i', async (address, status) => {
    expect((await ask(address)).status).toBe(status);
  });

  it('takes no other method', async () => {
    expect((await ask('media://recording/1/raw', {}, 'POST')).status).toBe(405);
  });

  it('holds no file open once its reader has gone, or while it pauses', async () => {
    const response = await ask('media://recording/1/raw');
    const reader = response.body!.getReader();
    expect((await reader.read()).value?.length).toBe(256 * 1024);
    expect(await openOn(file)).toBe(0);
    await reader.cancel();
    expect(await openOn(file)).toBe(0);
  });

  it('fails, rather than inventing silence, when the file gets shorter meanwhile', async () => {
    const response = await ask('media://recording/1/raw');
    const reader = response.body!.getReader();
    await reader.read();
    await truncate(file, 1000);
    await expect(reader.read()).rejects.toThrow(/shorter/);
  });

  it('sends an empty file as nothing', async () => {
    await truncate(file, 0);
    const response = await ask('media://recording/1/raw');
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).length).toBe(0);
  });
});

describe('what is made of a recording', () => {
  it('is sent under the number of the recording, as what it is, whatever version is asked for', async () => {
    const image = await ask('media://asset/1/spectrogram?v=7');
    expect(image.status).toBe(200);
    expect(image.headers.get('content-type')).toBe('image/png');
    expect((await bytesOf(image)).equals(PICTURE)).toBe(true);
    const peaks = await ask('media://asset/1/peaks');
    expect(peaks.headers.get('content-type')).toBe('application/octet-stream');
    expect((await bytesOf(peaks)).equals(content)).toBe(true);
  });

  it.each([
    ['media://asset/abc/peaks', 400],
    ['media://asset/..%2f..%2fetc%2fpasswd/peaks', 400],
    ['media://asset/1', 404],
    ['media://asset/1/raw', 404],
    ['media://asset/1/constructor', 404],
    ['media://asset/1/peaks/more', 404],
    ['media://recording/1/peaks', 404],
    ['media://asset/2/peaks', 404],
    ['media://asset/3/spectrogram', 404],
  ])('%s is answered with %i', async (address, status) => {
    expect((await ask(address)).status).toBe(status);
  });

  it('names the page as who may read it, and is taken for nothing else than it is', async () => {
    const response = await ask('media://asset/1/peaks');
    expect(response.headers.get('access-control-allow-origin')).toBe('app://silvasonic');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
