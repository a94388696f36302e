import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LossMeter, type LossState } from '@main/recorder/loss-meter';
import {
  BOOTED_MS,
  framesAt,
  type Hole,
  randomNumbers,
  type SimulatedCapture,
  watchCapture,
} from '../../support/simulated-capture';

const RATE = 48_000;
const HOUR_S = 3600;
const through = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('a capture that loses nothing', () => {
  it.each([
    [-200, 24],
    [0, 6],
    [35, 6],
    [200, 24],
  ])(
    'by a crystal that is %i ppm off is not said to lose anything in %i hours, and it is measured',
    (ppm, hours) => {
      const meter = new LossMeter({ rateHz: RATE });
      const capture = { rateHz: RATE, ppm, seed: ppm };
      expect(watchCapture(meter, capture, { fromS: 1, toS: hours * HOUR_S, everyS: 4 })).toEqual(
        [],
      );
      expect(meter.lostS).toBe(0);
      expect(Math.abs(meter.driftPpm! - ppm)).toBeLessThan(3);
      // Up to seventeen seconds of drift in a day, and the times of the segments know it.
      const { frames } = framesAt(capture, hours * HOUR_S - 60);
      const truthS = -((frames / RATE) * ppm * 1e-6) / (1 + ppm * 1e-6);
      expect(Math.abs(meter.offsetS(frames) - truthS)).toBeLessThan(0.02);
    },
    60_000,
  );

  it('its drift is known to 3 ppm after half an hour, and not claimed before it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -250, max: 250 }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(0.002, 0.008, 0.015),
        (ppm, seed, meanLateS) => {
          const meter = new LossMeter({ rateHz: RATE });
          const capture = { rateHz: RATE, ppm, seed, meanLateS };
          watchCapture(meter, capture, { fromS: 1, toS: 100 });
          expect(meter.driftPpm).toBeNull();
          expect(watchCapture(meter, capture, { fromS: 100, toS: 1800 })).toEqual([]);
          expect(Math.abs(meter.driftPpm! - ppm)).toBeLessThan(3);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('the times of its segments follow the drift without a seam that could be heard', () => {
    const meter = new LossMeter({ rateHz: RATE });
    const capture = { rateHz: RATE, ppm: 40, seed: 7 };
    let before = 0;
    for (let atS = 30; atS < 2 * HOUR_S; atS += 10) {
      watchCapture(meter, { ...capture, seed: atS }, { fromS: atS - 10, toS: atS });
      const offsetS = meter.offsetS((atS - 20) * RATE);
      // 0.4 ms of these are the drift of ten seconds.
      expect(Math.abs(offsetS - before)).toBeLessThan(0.001);
      before = offsetS;
    }
  });
});

describe('sound that is lost', () => {
  it('is found, with its place and, but for one in a hundred, its amount, whatever the drift', () => {
    // How late looks are is chance, so the amounts are judged together: the same captures every time.
    const errors: number[] = [];
    for (let n = 0; n < 24; n += 1) {
      const seed = n * 7919 + 13;
      const ppm = ((n * 37) % 401) - 200;
      const random = randomNumbers(seed);
      const holes: Hole[] = [];
      for (let atS = 400; holes.length < 5; atS += 200 + random() * 400) {
        holes.push({ atS, lostS: 0.08 + random() ** 3 * 6 });
      }
      const meanLateS = n % 2 === 0 ? 0.008 : 0.002;
      const capture: SimulatedCapture = { rateHz: RATE, ppm, seed, meanLateS, holes };
      const meter = new LossMeter({ rateHz: RATE });
      const found = watchCapture(meter, capture, { fromS: 1, toS: holes.at(-1)!.atS + 200 });
      expect(found, `${String(ppm)} ppm, seed ${String(seed)}`).toHaveLength(holes.length);
      found.forEach((loss, i) => {
        const { atS, lostS } = holes[i]!;
        errors.push(Math.abs(loss.lostS - lostS) / Math.max(0.02, lostS * 0.01));
        const { frames } = framesAt({ rateHz: RATE, ppm, holes }, atS);
        expect(Math.abs(loss.atFrame - frames) / RATE).toBeLessThan(8);
        expect(loss.reason).toBe('lost');
      });
    }
    // In units of 20 ms, or of 1 % of a long loss.
    expect(errors.filter((error) => error > 1).length).toBeLessThanOrEqual(1);
    expect(Math.max(...errors)).toBeLessThan(5);
  }, 120_000);

  it('of three seconds without delivery is three seconds, at the very packet', () => {
    const meter = new LossMeter({ rateHz: RATE });
    const holes = [{ atS: 300.5, lostS: 3 }];
    const capture = { rateHz: RATE, ppm: 0, holes, meanLateS: 0.002 };
    const [loss, ...others] = watchCapture(meter, capture, { fromS: 1, toS: 330 });
    expect(others).toEqual([]);
    expect(loss!.lostS).toBeCloseTo(3, 1);
    expect(Math.abs(loss!.atFrame / RATE - 300.5)).toBeLessThan(0.03);
    // Times before it are what they were, those after it allow for it.
    expect(Math.abs(meter.offsetS(290 * RATE))).toBeLessThan(0.005);
    expect(meter.offsetS(310 * RATE)).toBeCloseTo(3, 1);
  });

  it('is found from ten milliseconds on when the sound system said so', () => {
    const run = (tell: boolean): LossMeter => {
      const meter = new LossMeter({ rateHz: RATE });
      const holes = [{ atS: 600, lostS: 0.03 }];
      const capture = { rateHz: RATE, ppm: 20, holes, meanLateS: 0.002 };
      watchCapture(meter, capture, { fromS: 1, toS: 600.5 });
      if (tell) meter.overrun();
      const found = watchCapture(meter, { ...capture, seed: 2 }, { fromS: 601, toS: 700 });
      expect(found.map(({ reason }) => reason)).toEqual(tell ? ['overrun'] : []);
      return meter;
    };
    expect(Math.abs(run(true).lostS - 0.03)).toBeLessThan(0.01);
    expect(run(false).lostS).toBe(0);
  });

  it('is not what only came late: a disk that held everything up for a while', () => {
    const meter = new LossMeter({ rateHz: RATE });
    const capture = { rateHz: RATE, ppm: 10 };
    watchCapture(meter, capture, { fromS: 1, toS: 300 });
    const { frames } = framesAt(capture, 300);
    // Nothing is written for 20 s, then all that waited at four times the speed of sound coming in.
    for (let s = 1; s <= 20; s += 1) meter.observe(BOOTED_MS + (300 + s) * 1000, frames);
    for (let s = 1; s <= 6; s += 1) {
      meter.observe(BOOTED_MS + (320 + s) * 1000, frames + s * 4 * RATE);
    }
    expect(watchCapture(meter, capture, { fromS: 328, toS: 700 })).toEqual([]);
    expect(meter.lostS).toBe(0);
  });

  it('that came after all is taken back', () => {
    const meter = new LossMeter({ rateHz: RATE });
    const capture = { rateHz: RATE, ppm: 0 };
    watchCapture(meter, capture, { fromS: 1, toS: 300 });
    // For two minutes everything is seen two seconds late: nobody can tell that from loss.
    const late = { ...capture, holes: [{ atS: 0, lostS: 2 }] };
    expect(watchCapture(meter, late, { fromS: 302, toS: 420 })).toHaveLength(1);
    expect(meter.takenBackS()).toBe(0);
    expect(watchCapture(meter, capture, { fromS: 421, toS: 500 })).toEqual([]);
    expect(meter.lostS).toBeLessThan(0.02);
    expect(meter.takenBackS()).toBeGreaterThan(1.95);
    // Told once.
    expect(meter.takenBackS()).toBe(0);
    expect(Math.abs(meter.offsetS(480 * RATE))).toBeLessThan(0.02);
  });
});

describe('a console that dies', () => {
  function adopted(capture: SimulatedCapture, diedS: number, adoptedS: number) {
    const first = new LossMeter({ rateHz: RATE });
    const before = watchCapture(first, capture, { fromS: 1, toS: diedS });
    const meter = new LossMeter({ rateHz: RATE, baseline: through(first.state()) });
    const after = watchCapture(
      meter,
      { ...capture, seed: 99 },
      { fromS: adoptedS, toS: adoptedS + 300 },
    );
    return { before, after, meter };
  }

  it.each([-150, 0, 150])('for six hours is no loss, at %i ppm', (ppm) => {
    const { before, after, meter } = adopted({ rateHz: RATE, ppm, seed: 5 }, HOUR_S, 7 * HOUR_S);
    expect([...before, ...after]).toEqual([]);
    expect(Math.abs(meter.driftPpm! - ppm)).toBeLessThan(3);
  });

  it('hides no loss: what was lost while nobody looked is found from the drift that was known', () => {
    const holes = [{ atS: 2 * HOUR_S, lostS: 3 }];
    const { after, meter } = adopted({ rateHz: RATE, ppm: 80, seed: 5, holes }, HOUR_S, 3 * HOUR_S);
    expect(after).toHaveLength(1);
    expect(Math.abs(meter.lostS - 3)).toBeLessThan(0.04);
    // Somewhere in the time in which nobody looked.
    expect(after[0]!.atFrame / RATE).toBeGreaterThan(HOUR_S - 10);
    expect(after[0]!.atFrame / RATE).toBeLessThan(3 * HOUR_S);
  });

  it('soon after its start: the state of a few looks is taken up as well', () => {
    for (const diedS of [2, 5, 15]) {
      const { after } = adopted({ rateHz: RATE, ppm: 30, seed: 3 }, diedS, diedS + 5);
      expect(after).toEqual([]);
    }
  });

  it('a state of another rate is none', () => {
    const first = new LossMeter({ rateHz: RATE });
    watchCapture(first, { rateHz: RATE, ppm: 0 }, { fromS: 1, toS: 100 });
    const meter = new LossMeter({ rateHz: 96_000, baseline: first.state() });
    watchCapture(meter, { rateHz: 96_000, ppm: 0 }, { fromS: 100, toS: 200 });
    expect(meter.lostS).toBe(0);
  });

  it('the state stays small over months of a bad cable', () => {
    const meter = new LossMeter({ rateHz: RATE });
    const holes = Array.from({ length: 300 }, (_, i) => ({ atS: 100 + i * 60, lostS: 0.5 }));
    const found = watchCapture(
      meter,
      { rateHz: RATE, ppm: 20, holes, meanLateS: 0.002 },
      { fromS: 1, toS: 5.2 * HOUR_S },
    );
    expect(found.length).toBeGreaterThan(290);
    expect(Math.abs(meter.lostS - 150)).toBeLessThan(1.5);
    const state: LossState = meter.state();
    expect(JSON.stringify(state).length).toBeLessThan(64_000);
  }, 60_000);
});

describe('looks that cannot be', () => {
  it('go back, stand still or are no numbers: they are ignored', () => {
    const meter = new LossMeter({ rateHz: RATE });
    const capture = { rateHz: RATE, ppm: 0 };
    watchCapture(meter, capture, { fromS: 1, toS: 300 });
    for (const [ms, frames] of [
      [BOOTED_MS + 1000, 400 * RATE],
      [BOOTED_MS + 400_000, 3],
      [Number.NaN, 400 * RATE],
      [BOOTED_MS + 400_000, Number.NaN],
      [Infinity, 400 * RATE],
    ] as const) {
      expect(meter.observe(ms, frames)).toBeNull();
    }
    expect(watchCapture(meter, capture, { fromS: 301, toS: 500 })).toEqual([]);
    expect(meter.lostS).toBe(0);
  });

  it('none at all: nothing is known, and nothing is claimed', () => {
    const meter = new LossMeter({ rateHz: RATE });
    meter.overrun();
    expect(meter.lostS).toBe(0);
    expect(meter.driftPpm).toBeNull();
    expect(meter.offsetS(1e9)).toBe(0);
    expect(new LossMeter({ rateHz: RATE, baseline: meter.state() }).lostS).toBe(0);
  });
});
