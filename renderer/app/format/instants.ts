import { zoneClock } from '@shared/model/zone-clock';
import type { Language } from '../../stores/ui';
import { LOCALE } from './numbers';

export type InstantStyle =
  'minute' | 'time' | 'timeMs' | 'date' | 'weekday' | 'dayMinute' | 'dateTime';

const OPTIONS: Readonly<Record<InstantStyle, Intl.DateTimeFormatOptions>> = {
  minute: { hour: '2-digit', minute: '2-digit' },
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  timeMs: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  date: { day: '2-digit', month: '2-digit', year: 'numeric' },
  weekday: { weekday: 'short', day: '2-digit', month: '2-digit' },
  dayMinute: {
    weekday: 'short',
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  },
  dateTime: {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
};

// Making a formatter costs a thousand times more than using one, and lists use one per row.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(style: InstantStyle, language: Language, timeZone: string): Intl.DateTimeFormat {
  const key = `${style} ${language} ${timeZone}`;
  let found = formatters.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(LOCALE[language], {
      ...OPTIONS[style],
      hourCycle: 'h23',
      timeZone,
    });
    formatters.set(key, found);
  }
  return found;
}

/** An instant (ISO 8601 or UTC milliseconds) in `timeZone`. */
export function formatInstant(
  instant: string | number,
  style: InstantStyle,
  { language, timeZone }: { language: Language; timeZone: string },
): string {
  const ms = typeof instant === 'number' ? instant : Date.parse(instant);
  return Number.isFinite(ms) ? formatter(style, language, timeZone).format(ms) : '–';
}

const clocks = new Map<string, (utcMs: number) => number>();

/** How far `timeZone` is ahead of UTC at an instant, milliseconds. */
function offsetMs(utcMs: number, timeZone: string): number {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = zoneClock(timeZone);
    clocks.set(timeZone, clock);
  }
  return clock(utcMs) - utcMs;
}

/** The instant at which clocks in `timeZone` show a time that is given as if it were UTC, ISO 8601. */
function zoned(naiveMs: number, timeZone: string): string | null {
  if (!Number.isFinite(naiveMs)) return null;
  // Two rounds: the offset at the guess may be that of the other side of a change of clocks.
  let utcMs = naiveMs - offsetMs(naiveMs, timeZone);
  utcMs = naiveMs - offsetMs(utcMs, timeZone);
  return new Date(utcMs).toISOString();
}

/**
 * The instant at which a day (`YYYY-MM-DD`) begins in `timeZone`, ISO 8601; null when it is no day.
 * `addDays` 1 gives the exclusive end of the day, also where it has 23 or 25 hours.
 */
export function startOfDay(day: string, timeZone: string, addDays = 0): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return null;
  return zoned(
    Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + addDays),
    timeZone,
  );
}

/** The instant at which clocks in `timeZone` show `HH:MM` on a day (`YYYY-MM-DD`); null when there is none. */
export function instantOf(day: string, timeOfDay: string, timeZone: string): string | null {
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  const time = /^(\d{2}):(\d{2})$/.exec(timeOfDay);
  if (date === null || time === null) return null;
  return zoned(
    Date.UTC(
      Number(date[1]),
      Number(date[2]) - 1,
      Number(date[3]),
      Number(time[1]),
      Number(time[2]),
    ),
    timeZone,
  );
}

/** The calendar day (`YYYY-MM-DD`) that an instant lies in, in `timeZone`. */
export function dayOf(utcMs: number, timeZone: string): string {
  return new Date(utcMs + offsetMs(utcMs, timeZone)).toISOString().slice(0, 10);
}

/** What clocks in `timeZone` show at an instant, `HH:MM`. */
export function timeOfDayAt(utcMs: number, timeZone: string): string {
  return new Date(utcMs + offsetMs(utcMs, timeZone)).toISOString().slice(11, 16);
}

/** As short as it is clear: the time alone for today, with the day for any other. */
export function formatMoment(
  instant: string,
  nowMs: number | null,
  reader: { language: Language; timeZone: string },
): string {
  const sameDay =
    nowMs !== null && dayOf(nowMs, reader.timeZone) === dayOf(Date.parse(instant), reader.timeZone);
  return formatInstant(instant, sameDay ? 'minute' : 'dayMinute', reader);
}
