import { describe, expect, it } from 'vitest';
import { type PlaceFacts, recognise } from '@main/data-disk/recognise';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const known = { stationId: A, fileSystem: null, seenMs: 0 };
const marker = (stationId: string) => ({
  version: 1,
  stationId,
  createdAt: '2026-05-01T12:00:00.000Z',
});
const open = (stationId: string | null, insteadOf: string | null = null) => ({
  kind: 'open',
  stationId,
  insteadOf,
});
const EMPTY: PlaceFacts = { known: null, marker: 'absent', holdsData: false, newStation: false };

describe('a data folder', () => {
  it.each<[string, Partial<PlaceFacts>, unknown]>([
    ['that nobody knows and that is empty gets a new station', {}, open(null)],
    ['with a marker holds that station', { marker: marker(B) }, open(B)],
    ['with the marker of the known station holds it', { known, marker: marker(A) }, open(A)],
    ['with another’s marker opens and tells of the swap', { known, marker: marker(B) }, open(B, A)],
    ['of an older version, without a marker, gets an id', { holdsData: true }, open(null)],
    ['that lost its marker keeps its id', { known, holdsData: true }, open(A)],
    ['with a spoilt marker keeps its id', { known, marker: 'unreadable' }, open(A)],
    ['where a known station is missing is refused', { known }, { kind: 'missing', stationId: A }],
    [
      'where it is missing gets a new one if a person says so',
      { known, newStation: true },
      open(null),
    ],
    [
      'that holds its station is not begun anew',
      { known, marker: marker(A), newStation: true },
      open(A),
    ],
    ['with data is not begun anew', { known, holdsData: true, newStation: true }, open(A)],
  ])('%s', (_what, facts, expected) => {
    expect(recognise({ ...EMPTY, ...facts })).toEqual(expected);
  });
});
