import { describe, expect, it } from 'vitest';
import {
  accountFor,
  type MicrophoneFacts,
  readJournal,
  rightBytes,
} from '../../bench/soak-accounts';
import { BEHIND_MS, planSoak } from '../../bench/soak-plan';

const RATE = 48_000;
const PACKET = RATE / 50;

/** Ten seconds, gone for two of which one is the way back, ten seconds more. */
const FLAPPED: MicrophoneFacts = {
  rateHz: RATE,
  sessions: [
    { pid: 1, fromMs: 1_000, toMs: 11_000, given: 10 * RATE, missed: 0 },
    { pid: 2, fromMs: 13_000, toMs: 23_000, given: 10 * RATE, missed: 0 },
  ],
  absences: [{ fromMs: 11_000, toMs: 12_000 }],
  recorded: [
    { pid: 1, frames: 10 * RATE },
    { pid: 2, frames: 10 * RATE },
  ],
  gaps: [{ fromMs: 111_000, toMs: 113_000, reason: 'unplugged' }],
  bornMs: 0,
  wallOffsetMs: 100_000,
};

describe('the account of a soak', () => {
  it('holds a flap to be the staged loss, the return included, and all else to be kept', () => {
    expect(accountFor(FLAPPED)).toMatchObject({
      given: 20 * RATE,
      continuity: 1,
      stagedS: 2,
      unstagedS: 0,
      reportedS: 2,
      reportedReasons: { unplugged: 2 },
      reportError: 0,
      longestReturnS: 1,
    });
  });

  it('misses a packet that was given and not recorded', () => {
    const recorded = [
      { pid: 1, frames: 10 * RATE - PACKET },
      { pid: 2, frames: 10 * RATE },
    ];
    const { continuity, unpacked, short } = accountFor({ ...FLAPPED, recorded });
    expect({ unpacked, short }).toEqual({ unpacked: 0, short: [PACKET] });
    expect(continuity).toBe((20 * RATE - PACKET) / (20 * RATE));
  });

  it('leaves out what an asked end may cost, and of a pulled-out one only a period that was not full', () => {
    const recorded = [
      { pid: 1, frames: 10 * RATE - 127 },
      { pid: 2, frames: 10 * RATE - 7 * PACKET },
    ];
    expect(accountFor({ ...FLAPPED, recorded })).toMatchObject({
      continuity: 1,
      unpacked: 127 + 7 * PACKET,
      short: [],
    });
  });

  it('misses a period that a pulled-out microphone gave, and more than an asked end may cost', () => {
    const recorded = [
      { pid: 1, frames: 10 * RATE - 128 },
      { pid: 2, frames: 10 * RATE - 8 * PACKET },
    ];
    const { continuity, unpacked, short } = accountFor({ ...FLAPPED, recorded });
    expect({ unpacked, short }).toEqual({ unpacked: 0, short: [128, 8 * PACKET] });
    expect(continuity).toBeLessThan(1);
  });

  it('is above one where a sample was recorded twice', () => {
    const recorded = [
      { pid: 1, frames: 10 * RATE + 1 },
      { pid: 2, frames: 10 * RATE },
    ];
    expect(accountFor({ ...FLAPPED, recorded }).continuity).toBeGreaterThan(1);
  });

  it('counts time without a reader that nobody staged as lost', () => {
    const { continuity, stagedS, unstagedS } = accountFor({ ...FLAPPED, absences: [] });
    expect({ stagedS, unstagedS }).toEqual({ stagedS: 0, unstagedS: 2 });
    expect(continuity).toBeCloseTo(20 / 22, 9);
  });

  it('counts what a reader was too slow for as lost', () => {
    const [first, second] = FLAPPED.sessions;
    const sessions = [{ ...first!, missed: RATE }, second!];
    expect(accountFor({ ...FLAPPED, sessions }).continuity).toBeCloseTo(20 / 21, 9);
  });

  it('shows a report that tells too little, or of loss that was none', () => {
    const half = [{ fromMs: 111_000, toMs: 112_000, reason: 'unplugged' }];
    expect(accountFor({ ...FLAPPED, gaps: half }).reportError).toBeCloseTo(0.5, 9);
    const more = [...FLAPPED.gaps, { fromMs: 115_000, toMs: 116_000, reason: 'unknown' }];
    expect(accountFor({ ...FLAPPED, gaps: more }).reportError).toBeCloseTo(0.5, 9);
  });

  it('does not hear of gaps while the station came up and after the last sample', () => {
    const gaps = [
      { fromMs: 100_000, toMs: 101_000, reason: 'restart' },
      ...FLAPPED.gaps,
      { fromMs: 123_000, toMs: 999_000, reason: 'console_stopped' },
    ];
    expect(accountFor({ ...FLAPPED, gaps })).toMatchObject({ reportedS: 2, inventedS: 0 });
  });

  it('tells of gaps from before the station was there', () => {
    const gaps = [{ fromMs: 40_000, toMs: 101_000, reason: 'unknown' }, ...FLAPPED.gaps];
    const { reportedS, inventedS } = accountFor({ ...FLAPPED, gaps });
    expect({ reportedS, inventedS }).toEqual({ reportedS: 2, inventedS: 59.9 });
  });
});

describe('the journal of a microphone', () => {
  it('gives a session for each reader, two at a time too', () => {
    const text = 'start 7 1000000\nstart 8 2000000\nend 7 3000000 96 4\nend 8 5000000 48 0\n';
    expect(readJournal(text)).toEqual([
      { pid: 7, fromMs: 1, toMs: 3, given: 96, missed: 4 },
      { pid: 8, fromMs: 2, toMs: 5, given: 48, missed: 0 },
    ]);
  });

  it('is refused when a reader was killed: nobody knows what it took', () => {
    expect(() => readJournal('start 7 1000000 0 0\n')).toThrow('reader 7 was killed');
  });
});

describe('the known signal', () => {
  const heard = Buffer.from([1, 2, 3, 4, 5]);

  it('is followed over the end of its loop and over the seam of two files', () => {
    expect(rightBytes(Buffer.from([4, 5, 1, 2, 3, 4, 5, 1]), heard, 3)).toBe(8);
  });

  it('shows where a byte is missing or there twice', () => {
    expect(rightBytes(Buffer.from([1, 2, 4, 5]), heard, 0)).toBe(2);
    expect(rightBytes(Buffer.from([1, 1, 2, 3]), heard, 0)).toBe(1);
    expect(rightBytes(Buffer.from([1, 2, 3, 4, 5, 1, 2, 3, 3]), heard, 0)).toBe(8);
  });
});

describe('the plan of a soak', () => {
  it.each([2, 10, 60, 600])(
    'stages all kinds of trouble in %i minutes, and ends calmly',
    (minutes) => {
      const lengthMs = minutes * 60_000;
      const plan = planSoak(lengthMs, 30_000);
      const ofKind = (what: string) => plan.filter((event) => event.do === what);
      expect(ofKind('kill_console').length).toBeGreaterThanOrEqual(minutes * 2 - 2);
      expect(ofKind('unplug').length).toBeGreaterThanOrEqual(1);
      expect(plan.map(({ atMs }) => atMs)).toEqual(
        [...plan].map(({ atMs }) => atMs).sort((a, b) => a - b),
      );
      expect(plan.at(-1)!.atMs).toBeLessThanOrEqual(lengthMs);
      // Unplugged and plugged in in turn, and plugged in at the end.
      const cable = plan.filter((event) => event.do === 'unplug' || event.do === 'plug_in');
      expect(cable.map((event) => event.do)).toEqual(
        cable.map((_, i) => (i % 2 === 0 ? 'unplug' : 'plug_in')),
      );
      expect(cable.at(-1)!.do).toBe('plug_in');
    },
  );

  it('ends with the right time, and never flaps while the clock is wrong', () => {
    let behindMs = -BEHIND_MS;
    let set = false;
    for (const event of planSoak(600_000, 30_000)) {
      if (event.do === 'step_clock') {
        behindMs += event.stepMs;
        set = true;
      } else if (event.do === 'unplug' && set) expect(behindMs).toBe(0);
    }
    expect(behindMs).toBe(0);
  });
});
