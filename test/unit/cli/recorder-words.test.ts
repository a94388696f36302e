import { describe, expect, it } from 'vitest';
import { desiredReasonSchema } from '@shared/model/recorder';
import { howItGoes, whyNot } from '@main/cli/recorder-words';
import { sampleRecorder } from '../../support/sample-recorder';

const LATER = '2026-11-21T18:00:00.000Z';

describe('why a microphone does not record', () => {
  it.each(desiredReasonSchema.options.filter((reason) => reason !== 'should_record'))(
    '%s is told in words, not in code',
    (desiredReason) => {
      const words = whyNot(sampleRecorder({ desired: false, desiredReason }));
      expect(words).toMatch(/^ \(\S.*\)$/);
      expect(words.replace('system.max_recorders', '')).not.toContain('_');
    },
  );

  it.each([
    [{ desiredReason: 'paused', pausedUntil: LATER }, ` (paused until ${LATER})`],
    [
      { desiredReason: 'outside_schedule', nextChangeAt: LATER },
      ` (outside its schedule until ${LATER})`,
    ],
    [{ desiredReason: 'offline', nextChangeAt: LATER }, ' (not connected)'],
  ] as const)('%j: %s', (given, words) => {
    expect(whyNot(sampleRecorder({ desired: false, ...given }))).toBe(words);
  });

  it('is empty where it should record', () => {
    expect(whyNot(sampleRecorder({ desired: true, desiredReason: 'should_record' }))).toBe('');
  });
});

describe('how a recording goes', () => {
  const given = {
    state: 'recording',
    sampleRateHz: 250_000,
    channels: 1,
    restarts: 0,
    overruns: 0,
    lostS: 0,
    desired: true,
    nextChangeAt: null,
  } as const;

  it('is its rate alone while all is well', () => {
    expect(howItGoes(sampleRecorder(given))).toBe(' at 250000 Hz, 1 channel');
  });

  it('names restarts, overruns and lost time, and the end that its schedule foresees', () => {
    const costly = { restarts: 2, overruns: 1, lostS: 0.5, nextChangeAt: LATER };
    expect(howItGoes(sampleRecorder({ ...given, ...costly }))).toBe(
      ` at 250000 Hz, 1 channel, 2 restarts, 1 overrun, 0.500 s lost, until ${LATER}`,
    );
  });

  it('is not told of one that rests', () => {
    expect(howItGoes(sampleRecorder({ ...given, state: 'idle' }))).toBe('');
  });
});
