import type { MsSpan } from './spans';

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
  return new Date(localTime(timezone)(utcMs)).toISOString().slice(0, 10);
}

function nextDay(day: string): string {
  return new Date(Date.parse(day) + 24 * HOUR_MS).toISOString().slice(0, 10);
}

/** The first instant at which clocks show this hour, or a later one where they skip it. */
function instantAt(timezone: string, day: string, hour: number): number {
  const localAt = localTime(timezone);
  const wanted = Date.parse(day) + hour * HOUR_MS;
  // No zone is further from UTC.
  let [before, at] = [wanted - 16 * HOUR_MS, wanted + 16 * HOUR_MS];
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2);
    if (localAt(middle) >= wanted) at = middle;
    else before = middle;
  }
  return at;
}

/** What clocks in the zone show, as if it were UTC, milliseconds. */
function localTime(timezone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (utcMs) => {
    const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const seconds = Date.UTC(
      field('year'),
      field('month') - 1,
      field('day'),
      field('hour'),
      field('minute'),
      field('second'),
    );
    return seconds + (((utcMs % 1000) + 1000) % 1000);
  };
}
