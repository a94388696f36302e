import type { Language } from '../../stores/ui';
import { LOCALE } from './numbers';

export type InstantStyle = 'time' | 'timeMs' | 'date' | 'dateTime';

const OPTIONS: Readonly<Record<InstantStyle, Intl.DateTimeFormatOptions>> = {
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  timeMs: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  date: { day: '2-digit', month: '2-digit', year: 'numeric' },
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

/** How far `timeZone` is ahead of UTC at an instant, milliseconds. */
function offsetMs(utcMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(utcMs);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((candidate) => candidate.type === type)?.value ?? Number.NaN);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(utcMs / 1000) * 1000;
}

/**
 * The instant at which a day (`YYYY-MM-DD`) begins in `timeZone`, ISO 8601; null when it is no day.
 * `addDays` 1 gives the exclusive end of the day, also where it has 23 or 25 hours.
 */
export function startOfDay(day: string, timeZone: string, addDays = 0): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return null;
  const naive = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + addDays);
  if (!Number.isFinite(naive)) return null;
  // Two rounds: the offset at the guess may be that of the other side of a change of clocks.
  let utcMs = naive - offsetMs(naive, timeZone);
  utcMs = naive - offsetMs(utcMs, timeZone);
  return new Date(utcMs).toISOString();
}
