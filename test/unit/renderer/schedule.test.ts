import { scheduleSchema, type Schedule } from '@shared/model/schedule';
import i18next from 'i18next';
import { describe, expect, test } from 'vitest';
import de from '../../../renderer/app/messages/de.json';
import en from '../../../renderer/app/messages/en.json';
import {
  customPause,
  firstDeadline,
  pauseChoices,
} from '../../../renderer/features/recorders/pause-until';
import {
  hoursRemark,
  sameSchedule,
  SUN_EVENTS,
  toDraft,
  toSchedule,
} from '../../../renderer/features/recorders/schedule-draft';
import { scheduleInWords } from '../../../renderer/features/recorders/schedule-words';

const NIGHT: Schedule = { kind: 'hours', windows: [{ from: '18:00', to: '06:00' }] };

describe('the form of a schedule', () => {
  test.each<Schedule>([
    { kind: 'always' },
    NIGHT,
    {
      kind: 'sun',
      windows: [
        {
          from: { event: 'dusk', offsetMinutes: -30 },
          to: { event: 'dawn', offsetMinutes: 30 },
        },
      ],
    },
  ])('gives back what it was given: %o', (schedule) => {
    expect(toSchedule(toDraft(schedule))).toEqual(schedule);
    expect(sameSchedule(toSchedule(toDraft(schedule)), schedule)).toBe(true);
  });

  test('begins with dusk −30 min to dawn +30 min when a person turns to the sun', () => {
    const schedule = toSchedule({ ...toDraft({ kind: 'always' }), kind: 'sun' });
    expect(scheduleSchema.parse(schedule)).toEqual({
      kind: 'sun',
      windows: [
        { from: { event: 'dusk', offsetMinutes: -30 }, to: { event: 'dawn', offsetMinutes: 30 } },
      ],
    });
  });

  test('takes times as people type them, and is no schedule while one is none', () => {
    const draft = toDraft(NIGHT);
    expect(toSchedule({ ...draft, hours: [{ from: '6', to: '18.30' }] })).toEqual({
      kind: 'hours',
      windows: [{ from: '06:00', to: '18:30' }],
    });
    for (const broken of ['', '25', '12:60', 'noon', '1:2']) {
      expect(toSchedule({ ...draft, hours: [{ from: broken, to: '06:00' }] }), broken).toBeNull();
    }
    // What is broken under another kind does not matter.
    expect(toSchedule({ ...draft, kind: 'always', hours: [{ from: 'x', to: 'y' }] })).toEqual({
      kind: 'always',
    });
  });

  test('says which windows reach into the next day, or round the clock', () => {
    expect(hoursRemark({ from: '18:00', to: '06:00' })).toBe('next_day');
    expect(hoursRemark({ from: '06:00', to: '18:00' })).toBeNull();
    expect(hoursRemark({ from: '7', to: '07:00' })).toBe('whole_day');
    expect(hoursRemark({ from: '', to: '07:00' })).toBeNull();
  });

  test('knows every event of the sun that the station knows', () => {
    const sun = scheduleSchema.options[2].shape.windows.element.shape.from.shape.event;
    expect(SUN_EVENTS.toSorted()).toEqual([...sun.options].sort());
  });
});

test('a schedule reads as a sentence in both languages', async () => {
  await i18next.init({ resources: { en: { translation: en }, de: { translation: de } } });
  const sun: Schedule = {
    kind: 'sun',
    windows: [
      { from: { event: 'dusk', offsetMinutes: -30 }, to: { event: 'sunrise', offsetMinutes: 0 } },
    ],
  };
  const english = i18next.getFixedT('en');
  expect(scheduleInWords({ kind: 'always' }, english)).toBe('always');
  expect(scheduleInWords(NIGHT, english)).toBe('18:00 – 06:00');
  expect(scheduleInWords(sun, english)).toBe('30 min before dusk to sunrise');
  expect(scheduleInWords(sun, i18next.getFixedT('de'))).toBe(
    'Abenddämmerung − 30 min bis Sonnenaufgang',
  );
});

describe('a pause', () => {
  const zone = 'Europe/Berlin';
  const now = Date.parse('2026-11-21T16:00:00Z');

  test('is one press away for half an hour, an hour, and until the station’s midnight', () => {
    expect(pauseChoices(now, zone)).toEqual([
      { kind: 'half_hour', until: '2026-11-21T16:30:00.000Z' },
      { kind: 'hour', until: '2026-11-21T17:00:00.000Z' },
      { kind: 'tomorrow', until: '2026-11-21T23:00:00.000Z' },
    ]);
  });

  test('that may be typed begins with a full hour ahead, of tomorrow late in the evening', () => {
    expect(firstDeadline(now + 60_000, zone)).toEqual({ day: '2026-11-21', time: '19:00' });
    const late = Date.parse('2026-11-21T21:59:59Z');
    expect(firstDeadline(late, zone)).toEqual({ day: '2026-11-22', time: '00:00' });
    expect(customPause('2026-11-22', '00:00', zone, late)).toHaveProperty('until');
  });

  test('may be typed, ahead and for a week at most', () => {
    expect(customPause('2026-11-21', '18:30', zone, now)).toEqual({
      until: '2026-11-21T17:30:00.000Z',
    });
    expect(customPause('2026-11-21', '17:00', zone, now)).toEqual({ problem: 'past' });
    expect(customPause('2026-11-28', '17:00', zone, now)).toMatchObject({
      until: '2026-11-28T16:00:00.000Z',
    });
    expect(customPause('2026-11-28', '17:01', zone, now)).toEqual({ problem: 'too_long' });
    expect(customPause('2026-11-21', '6 pm', zone, now)).toEqual({ problem: 'no_time' });
    expect(customPause('', '18:00', zone, now)).toEqual({ problem: 'no_time' });
  });
});
