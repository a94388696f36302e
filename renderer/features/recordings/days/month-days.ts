import type { DaySum } from '@shared/model/coverage';

/** `YYYY-MM` */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** A month (`YYYY-MM`) so many months later, or earlier. */
export function addMonths(month: string, months: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 7);
}

/** The days of a month, `YYYY-MM-DD`, in order. */
export function daysOf(month: string): readonly string[] {
  const date = new Date(`${month}-01T00:00:00Z`);
  const days: string[] = [];
  while (date.toISOString().startsWith(month)) {
    days.push(date.toISOString().slice(0, 10));
    date.setUTCDate(date.getUTCDate() + 1);
  }
  return days;
}

/** Where a month's first day stands in a week that begins on Monday, from 0. */
export function weekdayOfFirst(month: string): number {
  return (new Date(`${month}-01T00:00:00Z`).getUTCDay() + 6) % 7;
}

const A_MONDAY_MS = Date.UTC(2026, 0, 5);

/** The days of the week in short, from Monday on. */
export function weekdayNames(locale: string): readonly string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  return Array.from({ length: 7 }, (_, day) => format.format(A_MONDAY_MS + day * 86_400_000));
}

/** What a day's coverage comes to, over all devices. */
export interface DayShare {
  /** recorded ÷ scheduled; null when nothing was scheduled. */
  readonly share: number | null;
  /** Without the moments of starting and stopping. */
  readonly gaps: number;
}

export function shareOf({ scheduledS, recordedS, gaps }: DaySum): DayShare {
  return { share: scheduledS === 0 ? null : Math.min(1, recordedS / scheduledS), gaps };
}

/** Where a key leads from a day in a month; `week`: how far up and down reach. Null: the key is not for it. */
export function stepDay(key: string, from: number, days: number, week: number): number | null {
  const last = days - 1;
  const clamp = (index: number): number => Math.min(Math.max(index, 0), last);
  switch (key) {
    case 'ArrowRight':
      return clamp(from + 1);
    case 'ArrowLeft':
      return clamp(from - 1);
    case 'ArrowDown':
      return clamp(from + week);
    case 'ArrowUp':
      return clamp(from - week);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
