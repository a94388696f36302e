import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mediaHandler } from '../../../electron/media';
import { dataChunk, formatChunk, wavBytes, type WavChunk } from '../../support/wav-bytes';

const RATE_HZ = 384_000;
const FRAMES = 70_000; // more than one chunk of the stream

/** 16 bit, two channels; whatever stands before the format chunk. */
function wav(before: readonly WavChunk[] = []): Buffer {
  const bytes = Buffer.alloc(
    FRAMES * 4,
    Uint8Array.from({ length: 251 }, (_, at) => at),
  );
  return wavBytes([...before, formatChunk({ channels: 2, rate: RATE_HZ }), dataChunk(bytes)]);
}

const JUNK: WavChunk = { id: 'JUNK', body: Buffer.alloc(28) };
let folder: string;
let file: string;
let answer: (request: Request) => Promise<Response>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'silvasonic-slow-'));
  file = join(folder, 'one.wav');
  answer = mediaHandler({ recording: () => ({ path: file }), asset: () => ({ path: file }) });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function ask(query: string, range?: string): Promise<Buffer> {
  const headers: Record<string, string> = range === undefined ? {} : { Range: range };
  const response = await answer(new Request(`media://recording/1/raw${query}`, { headers }));
  expect(response.ok).toBe(true);
  return Buffer.from(await response.arrayBuffer());
}

describe('a slowed sound', () => {
  test.each([
    ['at the beginning', [], 24],
    ['behind another chunk', [JUNK], 60],
  ])(
    'says a lower rate in its header, %s, and changes no other byte',
    async (_where, before, at) => {
      const original = wav(before);
      await writeFile(file, original);
      const slow = await ask('?slow=10');
      expect(slow.readUInt32LE(at)).toBe(38_400);
      expect(slow.readUInt32LE(at + 4)).toBe(38_400 * 4);
      original.copy(slow, at, at, at + 8);
      expect(slow.equals(original)).toBe(true);
    },
  );

  test.each(['bytes=0-23', 'bytes=24-27', 'bytes=26-', 'bytes=30-40', 'bytes=-5', 'bytes=0-25'])(
    'is the same in parts: %s',
    async (range) => {
      await writeFile(file, wav());
      const whole = await ask('?slow=20');
      const part = await ask('?slow=20', range);
      const [, from = '', to = ''] = /bytes=(\d*)-(\d*)/.exec(range)!;
      const first = from === '' ? whole.length - Number(to) : Number(from);
      const last = from === '' || to === '' ? whole.length - 1 : Number(to);
      expect(part.equals(whole.subarray(first, last + 1))).toBe(true);
    },
  );

  test('is offered at ten and twenty times, and of what has a header', async () => {
    await writeFile(file, wav());
    const statusOf = async (query: string): Promise<number> =>
      (await answer(new Request(`media://recording/1/raw${query}`))).status;
    expect(await statusOf('?slow=3')).toBe(404);
    expect(await statusOf('?slow=-10')).toBe(404);
    expect((await ask('')).equals(wav())).toBe(true);
    await writeFile(file, 'this is called .wav');
    expect(await statusOf('?slow=10')).toBe(404);
  });
});
