import { z } from 'zod';

/** A time of day on the station's own clock face: `00:00` … `23:59`. */
export const timeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, e.g. 18:30');

export const MINUTES_PER_DAY = 1440;

/** Minutes since midnight of a time of day, e.g. 1110 of `18:30`. */
export function minuteOfDay(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3));
}

/** How far from what the sun does a window may begin or end. */
export const MOST_OFFSET_MINUTES = 720;

/** What the sun does, as suncalc names it. `dawn` and `dusk` are civil twilight. */
export const sunEventSchema = z.enum([
  'nightEnd',
  'nauticalDawn',
  'dawn',
  'sunrise',
  'sunset',
  'dusk',
  'nauticalDusk',
  'night',
]);
export type SunEvent = z.infer<typeof sunEventSchema>;

export const sunTimeSchema = z.strictObject({
  event: sunEventSchema,
  /** Before (negative) or after the event. */
  offsetMinutes: z.number().int().min(-MOST_OFFSET_MINUTES).max(MOST_OFFSET_MINUTES),
});
export type SunTime = z.infer<typeof sunTimeSchema>;

/**
 * `from` is inside, `to` is not; a window whose `to` is not after its `from` ends on the next day. The station's clock
 * on the wall decides: an hour that it shows twice is inside twice, one that it leaves out never.
 */
export const hoursWindowSchema = z.strictObject({ from: timeOfDaySchema, to: timeOfDaySchema });
export type HoursWindow = z.infer<typeof hoursWindowSchema>;

/**
 * Ends on the next day if its `to` event comes before its `from` event in the day (from `dusk` to `dawn`), or is the
 * same event and not later. An event that does not happen that day has no offset: the sun that stays below its angle
 * all day is inside of `dusk` to `dawn`, one that stays above is not.
 */
export const sunWindowSchema = z.strictObject({ from: sunTimeSchema, to: sunTimeSchema });
export type SunWindow = z.infer<typeof sunWindowSchema>;

/** When a device should record. */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('always') }),
  z.strictObject({
    kind: z.literal('hours'),
    /** In the station's time zone. */
    windows: z.array(hoursWindowSchema).min(1).max(8),
  }),
  z.strictObject({
    kind: z.literal('sun'),
    /** At the station's position. */
    windows: z.array(sunWindowSchema).min(1).max(8),
  }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** A pause ends by itself, after a week at most. */
export const LONGEST_PAUSE_MS = 7 * 86_400_000;
