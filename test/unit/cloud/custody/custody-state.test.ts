import { describe, expect, it } from 'vitest';
import { custodyState } from '@main/cloud/custody/custody-of';

const here = { localDeleted: false, uploaded: true, fetchedBackAtMs: null };
const a = { slug: 'a', active: true };
const verifiedOn = (remoteSlug: string) => ({ remoteSlug, state: 'verified' as const });

describe('where a recording is', () => {
  it.each([
    ['no remote knows it', { ...here, uploaded: false }, [], [a], 'local_only'],
    ['every remote read it back', here, [verifiedOn('a')], [a], 'verified'],
    [
      'a remote has yet to be given it',
      { ...here, uploaded: false },
      [verifiedOn('a')],
      [a, { slug: 'b', active: true }],
      'uploaded',
    ],
    [
      'another copy was lost since',
      here,
      [verifiedOn('a'), { remoteSlug: 'b', state: 'queued' }],
      [a, { slug: 'b', active: true }],
      'uploaded',
    ],
    [
      'what is missing is on a paused remote',
      here,
      [verifiedOn('a'), { remoteSlug: 'b', state: 'queued' }],
      [a, { slug: 'b', active: false }],
      'verified',
    ],
    ['its only copy is on a remote that was removed', here, [verifiedOn('gone')], [a], 'uploaded'],
    [
      'it was sent and not read back',
      { ...here, uploaded: false },
      [{ remoteSlug: 'a', state: 'uploaded' }],
      [a],
      'uploaded',
    ],
    [
      'it was deleted here',
      { ...here, localDeleted: true },
      [verifiedOn('a')],
      [a],
      'local_deleted',
    ],
    [
      'it was deleted here, fetched, and deleted again',
      { ...here, localDeleted: true, fetchedBackAtMs: 5 },
      [verifiedOn('a')],
      [a],
      'local_deleted',
    ],
    [
      'it was deleted and sent, and never read back',
      { ...here, localDeleted: true },
      [{ remoteSlug: 'a', state: 'uploaded' }],
      [a],
      'lost',
    ],
    [
      'it was fetched back',
      { ...here, fetchedBackAtMs: 5 },
      [verifiedOn('a')],
      [a],
      'fetched_back',
    ],
  ] as const)('%s', (_, row, copies, remotes, state) => {
    expect(custodyState(row, copies, remotes)).toBe(state);
  });
});
