import { zoneClock } from '@shared/model/zone-clock';
import { firstInstantWith } from '../clock/first-instant';

const DAY_MS = 86_400_000;
/** No zone is further from UTC. */
const FAR_MS = 16 * 3_600_000;

export interface DayBounds {
  readonly day: string;
  /** The first instant of it, UTC milliseconds; it lasts until the next day's. */
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The calendar days of a time zone, both ends included; 23 or 25 hours long where clocks are set.
 * @param fromDay `YYYY-MM-DD`
 * @throws RangeError for an unknown zone
 */
export function dayBounds(timezone: string, fromDay: string, toDay: string): DayBounds[] {
  const localAt = zoneClock(timezone);
  const [firstMs, lastMs] = [Date.parse(fromDay), Date.parse(toDay)];
  const days: DayBounds[] = [];
  let fromMs = midnight(localAt, firstMs, firstMs);
  for (let at = firstMs; at <= lastMs; at += DAY_MS) {
    const toMs = midnight(localAt, at + DAY_MS, fromMs + DAY_MS);
    days.push({ day: new Date(at).toISOString().slice(0, 10), fromMs, toMs });
    fromMs = toMs;
  }
  return days;
}

/** @param guessMs on nearly all days a day after the one before, which is checked by two looks and not by thirty */
function midnight(localAt: (utcMs: number) => number, wanted: number, guessMs: number): number {
  if (localAt(guessMs) === wanted && localAt(guessMs - 1) === wanted - 1) return guessMs;
  return firstInstantWith((utcMs) => localAt(utcMs) >= wanted, wanted - FAR_MS, wanted + FAR_MS);
}
