import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import type { StationClient } from '@shared/contract';
import type { IntegrityStatus, Verdict } from '@shared/model/integrity';
import { verify } from '@main/cli/verify';

const verdict = (recordingId: number): Verdict => ({
  recordingId,
  path: `recorder/mic/data/raw/${String(recordingId)}.wav`,
  result: 'ok',
  expected: 'ab',
  found: 'ab',
  detail: '',
});

/** A station that lists four recordings, of which the third answers so when it is asked for. */
async function verifying(error: ORPCError<string, unknown>, request: { ids?: number[] } = {}) {
  const client = {
    recordings: {
      list: () => Promise.resolve({ items: [1, 2, 3, 4].map((id) => ({ id })), nextCursor: null }),
    },
    integrity: {
      verify: ({ recordingId }: { recordingId: number }) =>
        recordingId === 3 ? Promise.reject(error) : Promise.resolve([verdict(recordingId)]),
    },
  } as unknown as StationClient;
  const out: string[] = [];
  const output = { out: (line: string) => out.push(line), err: () => undefined };
  const asked = {
    ids: [],
    all: request.ids === undefined,
    pause: false,
    resume: false,
    ...request,
  };
  await verify(client, asked, false, output);
  return out;
}

describe('station verify --all', () => {
  it('passes over a recording that was purged after it was listed', async () => {
    expect(await verifying(new ORPCError('NOT_FOUND'))).toEqual([
      '3 files compared: all are what was recorded',
    ]);
  });

  it('ends when the disk goes away, and calls nothing missing', async () => {
    await expect(verifying(new ORPCError('NOT_AVAILABLE'))).rejects.toMatchObject({
      code: 'NOT_AVAILABLE',
    });
  });

  it('says of a recording that was asked for by its number that it is not there', async () => {
    await expect(verifying(new ORPCError('NOT_FOUND'), { ids: [2, 3] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

it.each([
  [0, 'Nothing is due yet: what is new is read some time after it came.', '0 of 70'],
  [70, 'Everything was verified lately; nothing is due.', '70 of 70'],
])(
  'verify alone does not call everything verified while %i of 70 are',
  async (verified, ...words) => {
    const status = (): Promise<Partial<IntegrityStatus>> =>
      Promise.resolve({
        state: 'done',
        detail: 'Nothing is due.',
        total: 70,
        verified,
        corrupt: 0,
        missing: 0,
        unreadable: 0,
        bytesPerS: 0,
      });
    const client = { integrity: { status } } as unknown as StationClient;
    const out: string[] = [];
    const output = { out: (line: string) => out.push(line), err: () => undefined };
    await verify(client, { ids: [], all: false, pause: false, resume: false }, false, output);
    expect(out).toEqual([words[0], expect.stringContaining(words[1])]);
  },
);
