import { describe, expect, it, vi } from 'vitest';
import type { Schedule } from '@shared/model/schedule';
import { type Place, spansOf } from '@main/schedule/spans-of';
import { Timetable } from '@main/schedule/timetable';

// As it is, and counted.
vi.mock(import('@main/schedule/spans-of'), { spy: true });

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 4, 1, 12);

const BERLIN: Place = { timezone: 'Europe/Berlin', latitude: 52.52, longitude: 13.405 };
const TROMSO: Place = { timezone: 'Europe/Oslo', latitude: 69.65, longitude: 18.96 };
const NOWHERE: Place = { timezone: 'UTC', latitude: null, longitude: null };

const NIGHTS: Schedule = { kind: 'hours', windows: [{ from: '18:00', to: '06:00' }] };
const DUSK_TO_DAWN: Schedule = {
  kind: 'sun',
  windows: [{ from: { event: 'dusk', offsetMinutes: 0 }, to: { event: 'dawn', offsetMinutes: 0 } }],
};

/** A timetable whose place can be changed and whose clock distrusted; counts how often the place is looked at. */
function timetable(place: Place) {
  const world = { place, trusted: true };
  const subject = new Timetable({
    place: () => world.place,
    clockTrusted: () => world.trusted,
  });
  const state = (schedule: Schedule, nowMs: number) => subject.stateOf({ schedule }, nowMs);
  return { world, subject, state };
}

describe('where a device stands in its schedule', () => {
  it('changes at the very millisecond at which a window begins and ends', () => {
    const { state } = timetable(BERLIN);
    const begins = Date.parse('2026-05-01T16:00Z');
    const ends = Date.parse('2026-05-02T04:00Z');
    expect(state(NIGHTS, NOON)).toEqual({
      inside: false,
      nextChangeMs: begins,
      positionUnknown: false,
    });
    expect(state(NIGHTS, begins - 1).inside).toBe(false);
    expect(state(NIGHTS, begins)).toEqual({
      inside: true,
      nextChangeMs: ends,
      positionUnknown: false,
    });
    expect(state(NIGHTS, ends - 1).inside).toBe(true);
    expect(state(NIGHTS, ends).inside).toBe(false);
  });

  it('always is inside, and no change is foreseen', () => {
    const { state } = timetable(NOWHERE);
    const always = { inside: true, nextChangeMs: null, positionUnknown: false };
    expect(state({ kind: 'always' }, NOON)).toEqual(always);
    const wholeDay: Schedule = { kind: 'hours', windows: [{ from: '05:00', to: '05:00' }] };
    expect(state(wholeDay, NOON)).toEqual(always);
  });

  it('follows the settings at once', () => {
    const { world, state } = timetable({ ...BERLIN, timezone: 'UTC' });
    expect(state(NIGHTS, NOON).inside).toBe(false);
    world.place = { ...BERLIN, timezone: 'Asia/Tokyo' };
    expect(state(NIGHTS, NOON)).toMatchObject({ inside: true, nextChangeMs: NOON + 9 * HOUR_MS });
  });

  it('follows a clock that is set, back and forth', () => {
    const { state } = timetable(BERLIN);
    for (const hours of [0, 8, -50, 3, 1000, -8000, 0]) {
      const fresh = timetable(BERLIN).state(NIGHTS, NOON + hours * HOUR_MS);
      expect(state(NIGHTS, NOON + hours * HOUR_MS)).toEqual(fresh);
    }
  });

  it('says the same as the spans of the preview, hour by hour through a year with both clock changes', () => {
    const { subject, state } = timetable(BERLIN);
    for (const schedule of [NIGHTS, DUSK_TO_DAWN]) {
      const { spans } = subject.preview(schedule, NOON, NOON + 365 * DAY_MS);
      for (let at = NOON; at < NOON + 364 * DAY_MS; at += HOUR_MS) {
        const { inside, nextChangeMs } = state(schedule, at);
        const span = spans.find(({ toMs }) => toMs > at)!;
        expect(inside).toBe(span.fromMs <= at);
        expect(nextChangeMs).toBe(inside ? span.toMs : span.fromMs);
      }
    }
  });

  it('knows when the midnight sun ends', () => {
    const { state } = timetable(TROMSO);
    const june = Date.UTC(2026, 5, 21, 12);
    const { inside, nextChangeMs } = state(DUSK_TO_DAWN, june);
    expect(inside).toBe(false);
    const first = new Date(nextChangeMs!).toISOString();
    expect(first > '2026-08-01' && first < '2026-08-20').toBe(true);
    expect(state(DUSK_TO_DAWN, nextChangeMs! - 1).inside).toBe(false);
    expect(state(DUSK_TO_DAWN, nextChangeMs!).inside).toBe(true);
  });

  it('without a position a sun schedule records always, and says why', () => {
    const { world, state } = timetable(NOWHERE);
    expect(state(DUSK_TO_DAWN, NOON)).toEqual({
      inside: true,
      nextChangeMs: null,
      positionUnknown: true,
    });
    world.place = BERLIN;
    expect(state(DUSK_TO_DAWN, NOON)).toMatchObject({ inside: false, positionUnknown: false });
  });

  it('records always while the clock is known to be wrong, and no longer when it is right', () => {
    const { world, state } = timetable(BERLIN);
    expect(state(NIGHTS, NOON).inside).toBe(false);
    world.trusted = false;
    expect(state(NIGHTS, NOON)).toMatchObject({ inside: true, nextChangeMs: null });
    expect(state(NIGHTS, 0)).toMatchObject({ inside: true, nextChangeMs: null });
    world.trusted = true;
    expect(state(NIGHTS, NOON).inside).toBe(false);
  });

  it.each([
    [{ kind: 'moon', windows: [] }],
    [{ kind: 'hours' }],
    [{ kind: 'hours', windows: [{ from: '25:00', to: '' }] }],
    [{ kind: 'sun', windows: [{ from: 'dusk', to: 'dawn' }] }],
    [{}],
  ])('what is stored and cannot be understood (%j) records always', (stored) => {
    const { state } = timetable(BERLIN);
    expect(state(stored as unknown as Schedule, NOON)).toMatchObject({ inside: true });
    expect(state(stored as unknown as Schedule, NOON + DAY_MS)).toMatchObject({ inside: true });
  });

  it('asked every second for sixteen devices computes next to nothing', () => {
    const { state } = timetable(TROMSO);
    const devices = Array.from({ length: 16 }, () => structuredClone(DUSK_TO_DAWN));
    vi.mocked(spansOf).mockClear();
    for (let second = 0; second < 3600; second++) {
      for (const schedule of devices) state(schedule, NOON + second * 1000);
    }
    const perDevice = vi.mocked(spansOf).mock.calls.length / devices.length;
    expect(perDevice).toBeGreaterThanOrEqual(1);
    expect(perDevice).toBeLessThanOrEqual(2);
  });
});
