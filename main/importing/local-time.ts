import { zoneClock } from '@shared/model/zone-clock';

/** A time as its words tell it, zone or not. */
export interface ToldTime {
  /** What the clock showed, as if it were UTC, milliseconds. */
  readonly localMs: number;
  /** Local time minus UTC, milliseconds; null: the words carry no zone. */
  readonly offsetMs: number | null;
}

export interface ZonedTime {
  /** UTC milliseconds. */
  readonly utcMs: number;
  /** `twice`: clocks showed it two times, the earlier is taken. `skipped`: they never did. */
  readonly doubt: 'twice' | 'skipped' | null;
}

const DAY_MS = 86_400_000;

/**
 * The instant at which clocks in a zone showed something.
 * @param localMs as if it were UTC
 * @param timezone IANA name
 * @throws RangeError for an unknown zone
 */
export function zonedTime(localMs: number, timezone: string): ZonedTime {
  const clock = clockOf(timezone);
  // No zone sets its clocks twice within two days.
  const offsets = [localMs - DAY_MS, localMs + DAY_MS].map((at) => clock(at) - at);
  const [before = 0, after = before] = offsets;
  const fits = [before, after]
    .map((offset) => localMs - offset)
    .filter((at) => clock(at) === localMs);
  const [first] = fits.sort((a, b) => a - b);
  // Skipped clocks are read as those who did not set theirs would have.
  if (first === undefined) return { utcMs: localMs - before, doubt: 'skipped' };
  return { utcMs: first, doubt: new Set(fits).size > 1 ? 'twice' : null };
}

export function isTimezone(name: string): boolean {
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

/** They are dear to make, and an import asks for the same one ten thousand times. */
const clocks = new Map<string, (utcMs: number) => number>();

function clockOf(timezone: string): (utcMs: number) => number {
  const known = clocks.get(timezone);
  if (known !== undefined) return known;
  const clock = zoneClock(timezone);
  clocks.set(timezone, clock);
  return clock;
}

/** The fields of a calendar and a clock as numbers; null where there is no such day or time. */
export function toldTime(
  fields: {
    readonly year: number;
    /** 1 … 12 */
    readonly month: number;
    readonly day: number;
    readonly hour: number;
    readonly minute: number;
    readonly second: number;
    readonly ms?: number;
  },
  offsetMs: number | null,
): ToldTime | null {
  const { year, month, day, hour, minute, second, ms = 0 } = fields;
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const date = new Date(localMs);
  const isReal =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return isReal ? { localMs, offsetMs } : null;
}

/** `Z`, `+02:00`, `-0530`, `+2`, `+5.5` in milliseconds; null for anything else. */
export function offsetOf(text: string): number | null {
  if (/^z$/i.test(text)) return 0;
  const parts = /^([+-])(\d{1,2})(?::?(\d{2})|\.(\d+))?$/.exec(text);
  if (parts === null) return null;
  const [, sign, hours, minutes, fraction] = parts;
  const size = Number(hours) + Number(minutes ?? 0) / 60 + Number(`0.${fraction ?? '0'}`);
  if (size > 14) return null; // no zone is farther from UTC
  return (sign === '-' ? -1 : 1) * Math.round(size * 3_600_000);
}
