import { describe, expect, it } from 'vitest';
import { dayIn, dayOf, nightIn } from '@main/coverage/zoned-day';

const HOUR = 3_600_000;
const hours = ({ fromMs, toMs }: { fromMs: number; toMs: number }): number =>
  (toMs - fromMs) / HOUR;
const iso = (ms: number): string => new Date(ms).toISOString();

describe('a day in the station’s time zone', () => {
  it.each([
    ['Europe/Berlin', '2026-11-21', '2026-11-20T23:00:00.000Z', 24],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', 23], // midnight is skipped
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00.000Z', 23.5],
    ['Pacific/Kiritimati', '2026-11-21', '2026-11-20T10:00:00.000Z', 24],
    ['Pacific/Niue', '2026-11-21', '2026-11-21T11:00:00.000Z', 24],
    ['Asia/Kathmandu', '2026-02-28', '2026-02-27T18:15:00.000Z', 24],
    ['UTC', '2028-02-29', '2028-02-29T00:00:00.000Z', 24],
  ])('%s %s begins at %s and lasts %f hours', (zone, day, from, length) => {
    const span = dayIn(zone, day);
    expect(iso(span.fromMs)).toBe(from);
    expect(hours(span)).toBe(length);
    expect(dayOf(zone, span.fromMs)).toBe(day);
    expect(dayOf(zone, span.toMs - 1)).toBe(day);
    expect(dayOf(zone, span.toMs)).not.toBe(day);
  });

  it.each(['Europe/Berlin', 'America/Sao_Paulo', 'Asia/Beirut', 'Africa/Casablanca'])(
    'of %s joins the next one: no moment is lost, none counted twice',
    (zone) => {
      let day = '2026-01-01';
      for (let n = 0; n < 365; n += 1) {
        const { toMs } = dayIn(zone, day);
        const next = iso(Date.parse(day) + 24 * HOUR).slice(0, 10);
        expect(dayIn(zone, next).fromMs).toBe(toMs);
        day = next;
      }
    },
    30_000,
  );

  it('refuses a zone that is none', () => {
    expect(() => dayIn('Middle/Earth', '2026-11-21')).toThrow(RangeError);
  });
});

describe('a night', () => {
  it.each([
    ['2026-11-21', 24],
    ['2026-03-28', 23],
    ['2026-10-24', 25],
  ])('that begins on %s goes from noon to noon and lasts %i hours', (day, length) => {
    const span = nightIn('Europe/Berlin', day);
    expect(hours(span)).toBe(length);
    expect(dayOf('Europe/Berlin', span.fromMs)).toBe(day);
  });
});
