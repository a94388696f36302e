import { expect, it } from 'vitest';
import type { StationClient } from '@shared/contract';
import type { UploadAttempt } from '@shared/model/upload';
import { showUploads, type UploadsRequest } from '@main/cli/show-uploads';

const attempt = (id: number, wish: Partial<UploadAttempt> = {}): UploadAttempt => ({
  id,
  recordingId: 7,
  remote: 'cloud',
  path: 'a/b.flac',
  at: '2026-05-01T12:00:00.000Z',
  sizeBytes: 1_500_000,
  durationS: 1.25,
  success: true,
  code: null,
  message: '',
  ...wish,
});

async function shown(
  all: readonly UploadAttempt[],
  wish: Partial<UploadsRequest> = {},
  json = false,
) {
  const lines: string[] = [];
  const asked: unknown[] = [];
  const client = {
    uploads: {
      list: (input: { limit: number; cursor?: string; filter: unknown }) => {
        asked.push(input.filter);
        const from = Number(input.cursor ?? 0);
        const to = from + Math.min(2, input.limit);
        const nextCursor = to < all.length ? String(to) : null;
        return Promise.resolve({ items: all.slice(from, to), nextCursor });
      },
    },
  } as unknown as StationClient;
  const output = { out: (line: string) => lines.push(line), err: () => undefined };
  await showUploads(client, { failed: false, limit: 100, ...wish }, json, output);
  return { lines, asked };
}

it('tells of every attempt, page by page, and of no more than was asked for', async () => {
  const all = [1, 2, 3, 4, 5].map((id) => attempt(id));
  expect((await shown(all)).lines).toHaveLength(7);
  expect((await shown(all)).lines.at(-1)).toBe('5 attempts');
  expect((await shown(all, { limit: 3 })).lines.at(-1)).toBe('3 attempts');
  expect((await shown([])).lines).toEqual(['no attempts']);
});

it('says what failed, and why', async () => {
  const failed = attempt(1, {
    success: false,
    code: 'QUOTA',
    sizeBytes: null,
    message: 'It is full.',
  });
  const { lines, asked } = await shown([failed], { failed: true, remote: 'cloud', recording: 7 });
  expect(lines[1]).toMatch(/cloud +7 +QUOTA +- +1\.3 s +a\/b\.flac: It is full\./);
  expect(asked).toEqual([{ remote: 'cloud', recordingId: 7, success: false }]);
});

it('gives programs what it was given', async () => {
  const all = [attempt(1)];
  expect(JSON.parse((await shown(all, {}, true)).lines.join(''))).toEqual(all);
});
