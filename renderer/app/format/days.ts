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
