import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleSchema } from '@shared/model/schedule';
import { formatSchedule, parseSchedule } from '@main/cli/schedule-words';
import { anySchedule } from '../../support/any-schedule';

describe('a schedule in words', () => {
  it.each([
    ['always', 'always'],
    ['  ALWAYS ', 'always'],
    ['hours 18:00-06:00', 'hours 18:00-06:00'],
    ['hours 6:00-9:30, 18:00-00:00', 'hours 06:00-09:30,18:00-00:00'],
    ['hours 06:00-09:30 18:00-00:00', 'hours 06:00-09:30,18:00-00:00'],
    ['hours 18:00-24:00', 'hours 18:00-00:00'],
    ['sun dusk-30..dawn+30', 'sun dusk-30..dawn+30'],
    ['sun dusk -30..dawn +30', 'sun dusk-30..dawn+30'],
    ['sun dusk - 30 .. dawn + 30, sunrise .. sunset', 'sun dusk-30..dawn+30,sunrise..sunset'],
    ['sun sunrise..sunset', 'sun sunrise..sunset'],
    ['Sun NauticalDusk+0..nauticaldawn-0', 'sun nauticalDusk..nauticalDawn'],
    [
      'sun sunset-60..sunset+090,sunrise-20..sunrise',
      'sun sunset-60..sunset+90,sunrise-20..sunrise',
    ],
  ])('%j is %j', (text, words) => {
    expect(formatSchedule(parseSchedule(text))).toBe(words);
  });

  it('has no negative zero in it', () => {
    expect(parseSchedule('sun dusk-0..dawn')).toEqual({
      kind: 'sun',
      windows: [
        { from: { event: 'dusk', offsetMinutes: 0 }, to: { event: 'dawn', offsetMinutes: 0 } },
      ],
    });
  });

  it('is read as the schedule that it was written from, whatever that is', () => {
    fc.assert(
      fc.property(anySchedule, (schedule) => {
        expect(parseSchedule(formatSchedule(schedule))).toEqual(schedule);
      }),
    );
  });

  it('that is accepted is one that the station accepts; any other is refused in one sentence', () => {
    const piece = fc.constantFrom(
      ...['always', 'hours', 'sun', ' ', ',', '..', '-', '+', '18:00', '24:00', '7:5', '6:30'],
      ...['dusk', 'dawn', 'night', '30', '721', '-0', '\n', '🦇', '__proto__'],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (words) => {
        try {
          const schedule = parseSchedule(words);
          expect(scheduleSchema.parse(schedule)).toEqual(schedule);
          expect(parseSchedule(formatSchedule(schedule))).toEqual(schedule);
        } catch (error) {
          expect(error).toMatchObject({ code: 'commander.invalidArgument' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['', /^Expected a schedule, e\.g\./],
    ['sometimes', /^Expected a schedule/],
    ['always 18:00-06:00', /no hours/],
    ['hours', /needs at least one window/],
    ['sun', /needs at least one window/],
    ['hours 18-6', /"18-6" is not a window like 18:00-06:00/],
    ['hours 24:00-06:00', /"24:00" is not a time of day/],
    ['hours 18:00-06:00,', /"" is not a window/],
    ['sun dusk', /"dusk" is not a window like dusk-30\.\.dawn\+30/],
    ['sun dusk..noon', /"noon" is not what the sun does: expected nightEnd, /],
    ['sun dusk-721..dawn', /"dusk-721" is too far/],
    ['sun dusk-1.5..dawn', /"dusk-1\.5" is not what the sun does/],
    [`hours ${Array.from({ length: 9 }, () => '01:00-02:00').join(',')}`, /windows: .*8/],
  ])('%j is refused', (text, why) => {
    expect(() => parseSchedule(text)).toThrow(why);
  });
});
