import { type HoursWindow, MINUTES_PER_DAY, minuteOfDay } from '@shared/model/schedule';
import type { MsSpan } from '../clock/spans';
import { offsetSpans } from './zone-offset';

const MINUTE_MS = 60_000;
const DAY_MS = MINUTES_PER_DAY * MINUTE_MS;

/**
 * When a clock on the station's wall shows a time within the windows: an hour that the clock shows twice is inside
 * twice, one that it leaves out is inside never.
 * @returns spans between the two instants, neither sorted nor merged
 */
export function* hoursSpans(
  windows: readonly HoursWindow[],
  timezone: string,
  fromMs: number,
  toMs: number,
): Generator<MsSpan, void> {
  for (const stretch of offsetSpans(timezone, fromMs, toMs)) {
    const firstDay = Math.floor((stretch.fromMs + stretch.offsetMs) / DAY_MS) - 1;
    const lastDay = Math.floor((stretch.toMs + stretch.offsetMs) / DAY_MS);
    for (let day = firstDay; day <= lastDay; day++) {
      for (const window of windows) {
        const from = minuteOfDay(window.from);
        const to = minuteOfDay(window.to);
        const endMinute = to > from ? to : to + MINUTES_PER_DAY;
        const midnightMs = day * DAY_MS - stretch.offsetMs;
        yield {
          fromMs: Math.max(midnightMs + from * MINUTE_MS, stretch.fromMs),
          toMs: Math.min(midnightMs + endMinute * MINUTE_MS, stretch.toMs),
        };
      }
    }
  }
}
