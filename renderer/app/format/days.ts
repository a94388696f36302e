import type { Language } from '../../stores/ui';

/** A day that exists, as `YYYY-MM-DD`; null otherwise. */
function toDay(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1900;
  return real ? date.toISOString().slice(0, 10) : null;
}

/** What a person typed as a day, in either language's order or ISO's, as `YYYY-MM-DD`; null when it is none. */
export function parseDay(text: string): string | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  if (iso !== null) return toDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const local = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(text.trim());
  return local === null ? null : toDay(Number(local[3]), Number(local[2]), Number(local[1]));
}

/** `YYYY-MM-DD` as people of that language write it. */
export function formatDay(day: string, language: Language): string {
  const [year = '', month = '', date = ''] = day.split('-');
  if (day === '') return '';
  return language === 'de' ? `${date}.${month}.${year}` : `${date}/${month}/${year}`;
}

/** A day (`YYYY-MM-DD`) so many days later, or earlier; empty for what is no day. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  if (Number.isNaN(date.getTime())) return '';
  return date.toISOString().slice(0, 10);
}

/** What a person typed as a time of day, e.g. `6`, `18.30` or `1830`, as `HH:MM`; null when it is none. */
export function parseTimeOfDay(text: string): string | null {
  const match = /^(\d{1,2})(?:[:.h ]?(\d{2}))?$/.exec(text.trim());
  if (match === null) return null;
  const hours = Number(match[1]);
  const minutes = Number(match[2] ?? '0');
  if (hours > 23 || minutes > 59) return null;
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

/** A time of day (`HH:MM`) so many minutes later or earlier, round the clock. */
export function addMinutes(timeOfDay: string, minutes: number): string {
  const [hours = '0', rest = '0'] = timeOfDay.split(':');
  const total = (((Number(hours) * 60 + Number(rest) + minutes) % 1440) + 1440) % 1440;
  return `${String(Math.floor(total / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`;
}
