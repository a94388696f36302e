import { zoneClock } from '@shared/model/zone-clock';
import type { MsSpan } from '../clock/spans';
import { firstInstantWith } from '../clock/first-instant';

const HOUR_MS = 3_600_000;

/**
 * A calendar day in a time zone; 23 or 25 hours long where clocks are set.
 * @param day `YYYY-MM-DD`
 * @throws RangeError for an unknown zone
 */
export function dayIn(timezone: string, day: string): MsSpan {
  return { fromMs: instantAt(timezone, day, 0), toMs: instantAt(timezone, nextDay(day), 0) };
}

/** The night that begins on a day: from noon to noon. */
export function nightIn(timezone: string, day: string): MsSpan {
  return { fromMs: instantAt(timezone, day, 12), toMs: instantAt(timezone, nextDay(day), 12) };
}

/** The calendar day that an instant falls on, `YYYY-MM-DD`. */
export function dayOf(timezone: string, utcMs: number): string {
  return new Date(zoneClock(timezone)(utcMs)).toISOString().slice(0, 10);
}

function nextDay(day: string): string {
  return new Date(Date.parse(day) + 24 * HOUR_MS).toISOString().slice(0, 10);
}

/** The first instant at which clocks show this hour, or a later one where they skip it. */
function instantAt(timezone: string, day: string, hour: number): number {
  const localAt = zoneClock(timezone);
  const wanted = Date.parse(day) + hour * HOUR_MS;
  // No zone is further from UTC.
  const far = 16 * HOUR_MS;
  return firstInstantWith((utcMs) => localAt(utcMs) >= wanted, wanted - far, wanted + far);
}
