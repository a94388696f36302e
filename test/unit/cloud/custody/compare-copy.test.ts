import { describe, expect, it } from 'vitest';
import { compareCopy } from '@main/cloud/custody/compare-copy';
import type { KnownCopy } from '@main/cloud/custody/copy-rows';
import type { RemoteObject } from '@main/cloud/provider';

const copy = (changes: Partial<KnownCopy> = {}): KnownCopy => ({
  recordingId: 1,
  remote: 'there',
  path: 'a.flac',
  state: 'verified',
  sizeBytes: 10,
  sha256: 'aa',
  sourceSha256: 'bb',
  hashKind: 'md5',
  hash: 'cc',
  sinceMs: 1,
  localDeleted: false,
  ...changes,
});
const object = (changes: Partial<RemoteObject> = {}): RemoteObject => ({
  path: 'a.flac',
  sizeBytes: 10,
  hashes: {},
  remoteId: null,
  modifiedAtMs: null,
  ...changes,
});

describe('an object and the copy that the database knows at its place', () => {
  it.each([
    ['the same size and no hash', {}, {}, 'agreed'],
    ['its hash in capitals', {}, { hashes: { md5: 'CC' } }, 'agreed'],
    ['another size', {}, { sizeBytes: 9 }, 'different'],
    ['another hash of the same kind', {}, { hashes: { md5: 'dd' } }, 'different'],
    ['another SHA-256 than was sent', {}, { hashes: { sha256: 'ee' } }, 'different'],
    ['a hash of a kind that nobody computed', {}, { hashes: { crc32: 'ee' } }, 'agreed'],
    ['one that waits to be sent', { state: 'queued' }, {}, 'pending'],
    ['one that failed and is here', { state: 'failed' }, {}, 'pending'],
    ['one that was believed gone', { state: 'remote_deleted' }, {}, 'regained'],
    ['one that is nowhere else', { state: 'given_up', localDeleted: true }, {}, 'regained'],
    [
      'one that was sent, not read back, and deleted here',
      { state: 'uploaded', localDeleted: true },
      {},
      'regained',
    ],
    ['one that was sent and not read back', { state: 'uploaded' }, {}, 'agreed'],
    [
      'one that was never sent',
      { state: 'given_up', localDeleted: true, sha256: null },
      {},
      'pending',
    ],
    [
      'one believed gone, of another size',
      { state: 'remote_deleted' },
      { sizeBytes: 9 },
      'pending',
    ],
  ] as const)('%s', (_, changes, there, verdict) => {
    expect(compareCopy(copy(changes), object(there))).toBe(verdict);
  });
});
