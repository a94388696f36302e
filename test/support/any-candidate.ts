import fc from 'fast-check';
import type { Candidate } from '@main/janitor/standing';

/** A recording of long ago, saved, analysed and whole, unless said otherwise. */
export function candidate(columns: Partial<Candidate> & Pick<Candidate, 'id'>): Candidate {
  return {
    device: 'mic',
    timeMs: columns.id * 10_000,
    indexedAtMs: 0,
    rawPath: `recorder/mic/data/raw/${String(columns.id)}.wav`,
    processedPath: `recorder/mic/data/processed/${String(columns.id)}.wav`,
    missingFile: null,
    rawBytes: 4_000_000,
    processedBytes: 1_000_000,
    uploaded: true,
    verifiedBy: ['nas'],
    outstanding: false,
    inUse: false,
    analysed: true,
    protected: false,
    discarded: false,
    fetchedBackAtMs: null,
    ...columns,
  };
}

/** Any recordings, oldest first, in any state. */
export function anyCandidates(nowMs: number): fc.Arbitrary<Candidate[]> {
  const moment = fc.integer({ min: 0, max: nowMs });
  const state = fc.record({
    timeMs: moment,
    indexedAtMs: fc.oneof(fc.constant(0), fc.integer({ min: nowMs - 60_000, max: nowMs + 60_000 })),
    missingFile: fc.constantFrom(null, null, 'raw' as const, 'processed' as const),
    rawBytes: fc.integer({ min: 0, max: 8_000_000 }),
    uploaded: fc.boolean(),
    verifiedBy: fc.constantFrom([], ['nas'], ['nas', 'cloud']),
    outstanding: fc.boolean(),
    inUse: fc.boolean(),
    analysed: fc.boolean(),
    protected: fc.boolean(),
    discarded: fc.boolean(),
    fetchedBackAtMs: fc.oneof(fc.constant(null), moment),
  });
  return fc
    .array(state, { maxLength: 40 })
    .map((states) =>
      states
        .map((one, index) => candidate({ id: index + 1, ...one }))
        .sort((a, b) => a.timeMs - b.timeMs),
    );
}
