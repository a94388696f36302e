import { describe, expect, it } from 'vitest';
import type { DayCoverage, Gap, GapReason } from '@shared/model/coverage';
import { refuseUnfinished } from '@main/cli/certificates';
import { lines } from '@main/cli/show-coverage';

const MIDNIGHT = Date.UTC(2026, 10, 21);
const instant = (s: number): string => new Date(MIDNIGHT + s * 1000).toISOString();
const gap = (fromS: number, seconds: number, reason: GapReason): Gap => ({
  device: 'mic',
  from: instant(fromS),
  to: instant(fromS + seconds),
  seconds,
  reason,
  detail: '',
});

/** Two hours that should have been recorded. */
function day(gaps: Gap[], more: object = {}): DayCoverage {
  const recorded = [...gaps, gap(7200, 0, 'unknown')].map((one, i) => ({
    from: gaps[i - 1]?.to ?? instant(0),
    to: one.from,
  }));
  return {
    day: '2026-11-21',
    timezone: 'UTC',
    from: instant(0),
    to: instant(86_400),
    at: instant(7200),
    devices: [
      {
        device: 'mic',
        displayName: 'mic',
        simulated: false,
        scheduledS: 7200,
        recordedS: 7200,
        coverage: 1,
        scheduled: [{ from: instant(0), to: instant(7200) }],
        recorded,
        gaps,
        unsyncedS: 0,
        clockUnknownS: 0,
        recordings: 1,
        ...more,
      },
    ],
  };
}

describe('the bar of a day', () => {
  it('tells small gaps from much that is missing', () => {
    const bar = lines(
      day([gap(1900, 0.028, 'overrun'), gap(3700, 17, 'lost'), gap(5500, 19, 'lost')]),
    )[2];
    expect(bar).toContain('█▒▒!');
  });
});

describe('the list of gaps', () => {
  it('names starts and stops in one line, so that the others are seen', () => {
    const starts = [10, 20, 30].map((s) => gap(s, 0.36, 'restart'));
    const said = lines(day([...starts, gap(40, 0.3, 'overrun'), gap(60, 4, 'restart')]));
    expect(said.slice(4)).toEqual([
      expect.stringMatching(/0\.300 s {2}The computer was too slow/),
      expect.stringMatching(/4\.000 s {2}It was starting, stopping/),
      'mic  3 starts and stops, 1.1 s in all',
    ]);
    expect(lines(day(starts.slice(0, 1)))[4]).toMatch(/00:00:10–00:00:10 {2}0\.360 s/);
  });

  it('says where the schedule is not known any more', () => {
    expect(lines(day([], { scheduledFromRecordingsS: 3600 }))[4]).toMatch(
      /^mic {2}01:00:00 scheduled: from recordings/,
    );
  });
});

describe('a certificate of a night that is not over', () => {
  it('is refused with the time from which it can be had', () => {
    const nightEnds = Date.UTC(2026, 10, 22, 11);
    expect(() => {
      refuseUnfinished('2026-11-21', 'Europe/Berlin', nightEnds - 1);
    }).toThrow(
      /night of 2026-11-21 ends on 2026-11-22 at 12:00 \(Europe\/Berlin, 2026-11-22T11:00/,
    );
    expect(() => {
      refuseUnfinished('2026-11-21', 'Europe/Berlin', nightEnds);
    }).not.toThrow();
  });
});
