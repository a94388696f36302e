import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudErrorCodeSchema } from '@shared/model/remote';
import {
  afterFailure,
  type FailureFacts,
  LONGEST_RETRY_MS,
} from '@main/cloud/uploading/failure-policy';

const facts = (wish: Partial<FailureFacts>): FailureFacts => ({
  code: 'UNKNOWN',
  retryAfterMs: null,
  attempts: 1,
  inARow: 1,
  refusedInARow: 0,
  random: 1,
  ...wish,
});

describe('what follows from a failed upload', () => {
  it.each(['OFFLINE', 'TIMEOUT', 'TLS_CLOCK', 'RATE_LIMITED'] as const)(
    'is a rest of the remote, and nothing for the recording, after %s',
    (code) => {
      const { counts, stop, restMs } = afterFailure(facts({ code }));
      expect({ counts, stop }).toEqual({ counts: false, stop: null });
      expect(restMs).toBeGreaterThan(0);
    },
  );

  it('is a rest that grows to five minutes while nobody is there', () => {
    const rests = Array.from(
      { length: 12 },
      (_, n) => afterFailure(facts({ code: 'OFFLINE', inARow: n + 1 })).restMs,
    );
    expect(rests.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(Math.max(...rests)).toBe(300_000);
    expect(rests).toEqual([...rests].sort((a, b) => a - b));
  });

  it('is as long a rest as the remote asks for, within reason', () => {
    const restMs = (retryAfterMs: number) =>
      afterFailure(facts({ code: 'RATE_LIMITED', retryAfterMs })).restMs;
    expect(restMs(120_000)).toBe(120_000);
    expect(restMs(1_000)).toBe(30_000);
    expect(restMs(7 * 86_400_000)).toBe(3_600_000);
  });

  it('lets others go first where it may be this one recording', () => {
    for (const code of ['TIMEOUT', 'RATE_LIMITED', 'UNKNOWN'] as const) {
      const { retryInMs, restMs } = afterFailure(facts({ code, inARow: 9 }));
      expect(retryInMs).toBeGreaterThan(restMs);
    }
    expect(afterFailure(facts({ code: 'OFFLINE' })).retryInMs).toBe(0);
  });

  it.each([
    ['AUTH', 1, 'refused'],
    ['QUOTA', 1, 'full'],
    ['FORBIDDEN', 1, null],
    ['FORBIDDEN', 3, 'refused'],
  ] as const)(
    'is for %s, %i in a row, that the remote waits for a person: %s',
    (code, inARow, stop) => {
      const refusedInARow = code === 'FORBIDDEN' ? inARow : 0;
      expect(afterFailure(facts({ code, inARow, refusedInARow })).stop).toBe(stop);
    },
  );

  it.each(['LOCAL_MISSING', 'ENCODE'] as const)(
    'is after three times %s that it is given up, and the remote goes on',
    (code) => {
      const verdicts = [1, 2, 3].map((attempts) =>
        afterFailure(facts({ code, attempts, inARow: 99 })),
      );
      expect(verdicts.map(({ retryInMs }) => retryInMs)).toEqual([60_000, 120_000, null]);
      expect(verdicts.every(({ restMs, counts }) => restMs === 0 && counts)).toBe(true);
    },
  );

  it('costs a season nothing when it fails at everything: from the fifth in a row on the remote rests', () => {
    expect(afterFailure(facts({ inARow: 4 }))).toMatchObject({ counts: true, restMs: 0 });
    expect(afterFailure(facts({ inARow: 5 }))).toMatchObject({ counts: false, restMs: 30_000 });
  });

  it('is never a wait without end, nor one that is lost in the past', () => {
    fc.assert(
      fc.property(
        fc.record({
          code: fc.constantFrom(...cloudErrorCodeSchema.options),
          retryAfterMs: fc.option(fc.integer({ min: 0, max: 1e12 })),
          attempts: fc.integer({ min: 1, max: 1e6 }),
          inARow: fc.integer({ min: 0, max: 1e6 }),
          refusedInARow: fc.integer({ min: 0, max: 1e6 }),
          random: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        (any) => {
          const { retryInMs, restMs, counts, stop } = afterFailure(any);
          expect(restMs).toBeGreaterThanOrEqual(0);
          expect(restMs).toBeLessThanOrEqual(3_600_000);
          if (retryInMs !== null) {
            expect(retryInMs).toBeGreaterThanOrEqual(0);
            expect(retryInMs).toBeLessThanOrEqual(LONGEST_RETRY_MS);
          }
          // Either the recording waits, or the remote does, or both.
          expect((retryInMs ?? 1) > 0 || restMs > 0 || stop !== null).toBe(true);
          if (retryInMs === null) expect(counts).toBe(true);
        },
      ),
    );
  });
});
