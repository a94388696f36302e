import { getPosition } from 'suncalc';
import { describe, expect, it } from 'vitest';
import type { Schedule, SunEvent } from '@shared/model/schedule';
import { spansOf } from '@main/schedule/spans-of';
import { solarDayOf, SunDays } from '@main/schedule/sun-day';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface Spot {
  readonly latitude: number;
  readonly longitude: number;
}

const BERLIN = { latitude: 52.52, longitude: 13.405 };
const STOCKHOLM = { latitude: 59.32938, longitude: 18.06871 };
const KYIV = { latitude: 50.45466, longitude: 30.5238 };
const MELBOURNE = { latitude: -37.814, longitude: 144.96332 };
const TROMSO = { latitude: 69.6489, longitude: 18.95508 };
const USHUAIA = { latitude: -54.81084, longitude: -68.31591 };
const MCMURDO = { latitude: -77.846, longitude: 166.676 };

function sun(from: SunEvent, fromOffset: number, to: SunEvent, toOffset: number): Schedule {
  return {
    kind: 'sun',
    windows: [
      {
        from: { event: from, offsetMinutes: fromOffset },
        to: { event: to, offsetMinutes: toOffset },
      },
    ],
  };
}

const NIGHT = sun('dusk', -30, 'dawn', 30);
const DAYLIGHT = sun('sunrise', -30, 'sunset', 30);

function spans(schedule: Schedule, spot: Spot, fromMs: number, toMs: number) {
  return spansOf(schedule, fromMs, toMs, { timezone: 'UTC', ...spot });
}

/** Fraction of the time between that is inside. */
function share(schedule: Schedule, spot: Spot, fromMs: number, toMs: number): number {
  const insideMs = spans(schedule, spot, fromMs, toMs).reduce((ms, s) => ms + s.toMs - s.fromMs, 0);
  return insideMs / (toMs - fromMs);
}

/** The one that is nearest to an instant. */
function nearest(event: SunEvent, spot: Spot, atMs: number): number {
  const days = new SunDays(spot);
  const day = solarDayOf(atMs, spot);
  const found = [day - 1, day, day + 1].map((n) => days.instant(event, n).atMs);
  return found.reduce((a, b) => (Math.abs(b - atMs) < Math.abs(a - atMs) ? b : a));
}

describe('when the sun does something agrees with the almanac', () => {
  // US Naval Observatory, "Rise/Set/Transit/Twilight for one day", in UTC to the minute, as collected in suncalc's own
  // test/fixtures.json.
  it.each([
    ['dawn', STOCKHOLM, '2026-03-20T04:09Z'],
    ['sunrise', STOCKHOLM, '2026-03-20T04:50Z'],
    ['sunset', STOCKHOLM, '2026-12-21T13:48Z'],
    ['dusk', STOCKHOLM, '2026-12-21T14:44Z'],
    ['dusk', STOCKHOLM, '2026-06-21T21:40Z'],
    ['dawn', STOCKHOLM, '2026-06-21T23:59Z'],
    ['dawn', KYIV, '2026-06-21T01:01Z'],
    ['sunrise', KYIV, '2026-06-21T01:46Z'],
    ['sunset', KYIV, '2026-06-21T18:13Z'],
    ['dusk', KYIV, '2026-06-21T18:59Z'],
    ['sunset', MELBOURNE, '2026-06-21T07:08Z'],
    ['dusk', MELBOURNE, '2026-06-21T07:38Z'],
    ['dawn', MELBOURNE, '2026-06-21T21:06Z'],
    ['sunrise', MELBOURNE, '2026-12-21T18:55Z'],
    ['sunset', USHUAIA, '2026-12-21T01:11Z'],
    ['dusk', USHUAIA, '2026-12-21T02:08Z'],
    ['dawn', USHUAIA, '2026-12-21T06:54Z'],
    ['dawn', TROMSO, '2026-12-21T08:31Z'],
    ['dusk', TROMSO, '2026-12-21T12:53Z'],
    // Stiftung Planetarium Berlin in "Tagesspiegel Checkpoint", undated: a shortest day on a Saturday, so 2019 or 2024.
    ['sunrise', BERLIN, '2019-12-21T07:14:38Z'],
    ['sunset', BERLIN, '2019-12-21T14:54:41Z'],
    ['sunrise', BERLIN, '2024-12-21T07:14:38Z'],
    ['sunset', BERLIN, '2024-12-21T14:54:41Z'],
  ] as const)('%s at %o: %s', (event, spot, published) => {
    const expected = Date.parse(published);
    expect(Math.abs(nearest(event, spot, expected) - expected)).toBeLessThan(2 * MINUTE_MS);
  });
});

describe('a night from half an hour before dusk to half an hour after dawn', () => {
  it('is one span over midnight, whatever the zone', () => {
    const [night, ...more] = spans(
      NIGHT,
      KYIV,
      Date.parse('2026-06-21T12:00Z'),
      Date.parse('2026-06-22T12:00Z'),
    );
    expect(more).toEqual([]);
    expect(Math.abs(night!.fromMs - Date.parse('2026-06-21T18:29Z'))).toBeLessThan(2 * MINUTE_MS);
    expect(Math.abs(night!.toMs - Date.parse('2026-06-22T01:31Z'))).toBeLessThan(2 * MINUTE_MS);
  });

  it('in the south is long in June', () => {
    const [night] = spans(
      NIGHT,
      MELBOURNE,
      Date.parse('2026-06-21T02:00Z'),
      Date.parse('2026-06-22T02:00Z'),
    );
    expect(Math.abs(night!.fromMs - Date.parse('2026-06-21T07:08Z'))).toBeLessThan(2 * MINUTE_MS);
    expect(Math.abs(night!.toMs - Date.parse('2026-06-21T21:36Z'))).toBeLessThan(2 * MINUTE_MS);
  });

  it('comes once a day for years, anywhere where days have nights, at the date line too', () => {
    for (const longitude of [-180, -179.9, -120, 0, 90, 179.9, 180]) {
      const spot = { latitude: -17.7, longitude };
      // From a solar noon, so that no night is cut in two.
      const from = Date.UTC(2026, 0, 1, 12) - (longitude / 360) * DAY_MS;
      const nights = spans(NIGHT, spot, from, from + 731 * DAY_MS);
      expect(nights).toHaveLength(731);
      for (const [n, night] of nights.entries()) {
        const midnight = from + (n + 0.5) * DAY_MS;
        expect(night.fromMs).toBeLessThan(midnight - 5 * HOUR_MS);
        expect(night.toMs).toBeGreaterThan(midnight + 5 * HOUR_MS);
      }
    }
  });

  it('is the same night on either side of the date line', () => {
    const from = Date.UTC(2026, 4, 1);
    const east = spans(NIGHT, { latitude: -17, longitude: 180 }, from, from + 5 * DAY_MS);
    const west = spans(NIGHT, { latitude: -17, longitude: -180 }, from, from + 5 * DAY_MS);
    expect(east).toEqual(west);
  });
});

describe('where the sun does not set, or does not rise', () => {
  const june = [Date.UTC(2026, 5, 10), Date.UTC(2026, 6, 1)] as const;
  const december = [Date.UTC(2026, 11, 10), Date.UTC(2026, 11, 31)] as const;
  const DARKNESS = sun('sunset', 0, 'sunrise', 0);

  it('the midnight sun is no night, and no offset makes one of it', () => {
    expect(spans(NIGHT, TROMSO, ...june)).toEqual([]);
    expect(spans(DARKNESS, TROMSO, ...june)).toEqual([]);
    expect(spans(NIGHT, MCMURDO, ...december)).toEqual([]);
  });

  it('the midnight sun is day all day, without a crack at midnight', () => {
    expect(spans(DAYLIGHT, TROMSO, ...june)).toEqual([{ fromMs: june[0], toMs: june[1] }]);
    expect(spans(sun('sunrise', 60, 'sunset', -60), TROMSO, ...june)).toHaveLength(1);
    expect(share(DAYLIGHT, MCMURDO, ...december)).toBe(1);
  });

  it('the polar night is night all day, without a crack at noon', () => {
    expect(spans(DARKNESS, TROMSO, ...december)).toEqual([
      { fromMs: december[0], toMs: december[1] },
    ]);
    expect(spans(sun('sunset', 60, 'sunrise', -60), TROMSO, ...december)).toHaveLength(1);
    expect(share(NIGHT, MCMURDO, ...june)).toBe(1);
  });

  it('the polar night is no day', () => {
    expect(spans(DAYLIGHT, TROMSO, ...december)).toEqual([]);
    expect(spans(DAYLIGHT, MCMURDO, ...june)).toEqual([]);
  });

  it('where only the deepest darkness is missing, evening and morning meet at midnight', () => {
    const from = Date.parse('2026-06-21T12:00Z');
    const [evening] = spans(sun('sunset', 0, 'night', 15), STOCKHOLM, from, from + DAY_MS);
    const [morning] = spans(sun('nightEnd', -15, 'sunrise', 0), STOCKHOLM, from, from + DAY_MS);
    expect(evening!.toMs).toBe(morning!.fromMs);
    // Sets 20:08, rises 01:31 (US Naval Observatory).
    expect(Math.abs(evening!.toMs - Date.parse('2026-06-21T22:50Z'))).toBeLessThan(5 * MINUTE_MS);
  });

  // An oracle of its own: where the sun stands every ten minutes of a year. suncalc adds refraction, below the
  // horizon a constant 0.484°.
  it.each([
    ['Tromsø', TROMSO, 1],
    ['McMurdo', MCMURDO, 1],
    ['Stockholm', STOCKHOLM, 0.5],
    ['half a degree from the pole', { latitude: 89.5, longitude: 0 }, 1],
  ])(
    'through the whole year in %s, dusk to dawn is when the sun is lower than -6°',
    (_, spot, hours) => {
      const start = Date.UTC(2026, 0, 1);
      const end = Date.UTC(2027, 0, 1);
      const nights = spans(sun('dusk', 0, 'dawn', 0), spot, start, end);
      let since = start;
      let wrongForMs = 0;
      for (let at = start; at < end; at += 10 * MINUTE_MS) {
        const { altitude } = getPosition(new Date(at), spot.latitude, spot.longitude);
        const inside = nights.some((night) => at >= night.fromMs && at < night.toMs);
        if (inside === altitude < -6 + 0.484) since = at;
        wrongForMs = Math.max(wrongForMs, at - since);
      }
      expect(wrongForMs / HOUR_MS).toBeLessThan(hours);
    },
  );

  it('at the poles themselves half of the year is day', () => {
    const year = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)] as const;
    for (const latitude of [90, -90]) {
      const spot = { latitude, longitude: 0 };
      const day = share(sun('sunrise', 0, 'sunset', 0), spot, ...year);
      const night = share(DARKNESS, spot, ...year);
      expect(day).toBeGreaterThan(0.5);
      expect(day).toBeLessThan(0.54);
      expect(day + night).toBeCloseTo(1, 2);
    }
  });
});

describe('windows', () => {
  const noon = Date.parse('2026-06-21T10:00Z'); // solar noon in Kyiv

  it('around one event last as long as their offsets say', () => {
    const [around, ...more] = spans(sun('sunset', -60, 'sunset', 90), KYIV, noon, noon + DAY_MS);
    expect(more).toEqual([]);
    expect(around!.toMs - around!.fromMs).toBe(150 * MINUTE_MS);
  });

  it('from an event to itself are the whole day', () => {
    expect(share(sun('dusk', 0, 'dusk', 0), KYIV, noon, noon + 30 * DAY_MS)).toBe(1);
  });

  it('whose offsets have passed each other record nothing that night, not the whole day', () => {
    const middle = sun('sunset', 300, 'sunrise', -300);
    expect(spans(middle, KYIV, noon, noon + DAY_MS)).toEqual([]); // a night of seven and a half hours
    const december = Date.parse('2026-12-21T10:00Z');
    expect(share(middle, KYIV, december, december + DAY_MS) * 24).toBeCloseTo(6, 0); // of sixteen
  });

  it('reach half a day away from their event', () => {
    const [far] = spans(sun('sunset', 700, 'sunset', 720), KYIV, noon, noon + DAY_MS);
    expect(Math.abs(far!.fromMs - Date.parse('2026-06-22T05:53Z'))).toBeLessThan(2 * MINUTE_MS);
  });

  it('that began two days ago still count', () => {
    const schedule = sun('sunset', 720, 'sunset', 719); // all but a minute a day
    for (let hour = 0; hour < 48; hour++) {
      const from = noon + hour * HOUR_MS;
      expect(share(schedule, KYIV, from, from + HOUR_MS)).toBeGreaterThan(0.9);
    }
  });

  it('that overlap are one', () => {
    const schedule: Schedule = {
      kind: 'sun',
      windows: [
        { from: { event: 'sunset', offsetMinutes: -60 }, to: { event: 'dusk', offsetMinutes: 60 } },
        { from: { event: 'dusk', offsetMinutes: 0 }, to: { event: 'dawn', offsetMinutes: 0 } },
      ],
    };
    expect(spans(schedule, KYIV, noon, noon + DAY_MS)).toHaveLength(1);
  });
});
