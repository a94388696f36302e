import { describe, expect, it } from 'vitest';
import { anchorRun } from '@main/recorder/run-anchor';

const STARTED = { startedWallMs: 1_000_000, startedMonotonicMs: 500 };

describe('the anchor of a run', () => {
  it('is the stamp of the input, brought onto the monotonic clock', () => {
    expect(anchorRun(STARTED, 1_000_230.5, true)).toEqual({
      wallMs: 1_000_230.5,
      monotonicMs: 730.5,
      source: 'input',
      synced: true,
    });
  });

  it('is the start of the process where the input has no clock', () => {
    expect(anchorRun(STARTED, null, null)).toEqual({
      wallMs: 1_000_000,
      monotonicMs: 500,
      source: 'process_start',
      synced: null,
    });
  });

  it.each([1_000_000 + 3_600_000, 1_000_000 - 3_600_000])(
    'is the start of the process, and not trusted, where the clock was set in between (%d)',
    (stamp) => {
      expect(anchorRun(STARTED, stamp, true)).toEqual({
        wallMs: 1_000_000,
        monotonicMs: 500,
        source: 'process_start',
        synced: false,
      });
    },
  );
});
