import { dayOf, instantOf, startOfDay, timeOfDayAt } from '../../app/format/instants';
import { parseTimeOfDay } from '../../app/format/days';

export interface PauseChoice {
  readonly kind: 'half_hour' | 'hour' | 'tomorrow';
  /** ISO 8601. */
  readonly until: string;
}

const MINUTE_MS = 60_000;
const LONGEST_MS = 7 * 24 * 60 * MINUTE_MS;

/** The pauses that are one press away. Tomorrow begins at midnight of the station: what ends earliest loses least. */
export function pauseChoices(nowMs: number, timeZone: string): readonly PauseChoice[] {
  const tomorrow = startOfDay(dayOf(nowMs, timeZone), timeZone, 1);
  return [
    { kind: 'half_hour', until: new Date(nowMs + 30 * MINUTE_MS).toISOString() },
    { kind: 'hour', until: new Date(nowMs + 60 * MINUTE_MS).toISOString() },
    ...(tomorrow === null ? [] : [{ kind: 'tomorrow' as const, until: tomorrow }]),
  ];
}

/** What a person finds typed already: the first full hour that is an hour ahead or more. */
export function firstDeadline(
  nowMs: number,
  timeZone: string,
): { readonly day: string; readonly time: string } {
  const hourMs = 60 * MINUTE_MS;
  const ms = Math.ceil(nowMs / hourMs) * hourMs + hourMs;
  return { day: dayOf(ms, timeZone), time: `${timeOfDayAt(ms, timeZone).slice(0, 2)}:00` };
}

/** A deadline that a person typed; or why it cannot be one. A week is the longest the station takes. */
export function customPause(
  day: string,
  time: string,
  timeZone: string,
  nowMs: number,
): { readonly until: string } | { readonly problem: 'no_time' | 'past' | 'too_long' } {
  const timeOfDay = parseTimeOfDay(time);
  const until = timeOfDay === null ? null : instantOf(day, timeOfDay, timeZone);
  if (until === null) return { problem: 'no_time' };
  const aheadMs = Date.parse(until) - nowMs;
  if (aheadMs <= 0) return { problem: 'past' };
  return aheadMs > LONGEST_MS ? { problem: 'too_long' } : { until };
}
