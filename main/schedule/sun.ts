import type { SunTime, SunWindow } from '@shared/model/schedule';
import type { MsSpan } from '../clock/spans';
import { isEarlierInTheDay, type Position, solarDayOf, SunDays, type SunInstant } from './sun-day';

const MINUTE_MS = 60_000;
/** A window and its offsets reach at most this many solar days to either side. */
const REACH_DAYS = 2;

/**
 * When the sun stands as the windows ask. Solar days, not dates, are counted, so neither time zone nor date line nor
 * the setting of clocks has a part in it. Where an event does not happen, what the sun really does decides: all day
 * below the angle is inside of "dusk to dawn", all day above is not; "sunrise to sunset" the other way round.
 * @returns spans that touch the time between the two instants, neither sorted nor merged
 */
export function* sunSpans(
  windows: readonly SunWindow[],
  position: Position,
  fromMs: number,
  toMs: number,
): Generator<MsSpan, void> {
  const days = new SunDays(position);
  const last = solarDayOf(toMs, position) + REACH_DAYS;
  for (let day = solarDayOf(fromMs, position) - REACH_DAYS; day <= last; day++) {
    for (const { from, to } of windows) {
      const start = days.instant(from.event, day);
      const end = days.instant(to.event, endsNextDay(from, to) ? day + 1 : day);
      yield { fromMs: withOffset(start, from), toMs: withOffset(end, to) };
    }
  }
}

/** By the order of the events, not of the instants: through the year, offsets may carry one past the other. */
function endsNextDay(from: SunTime, to: SunTime): boolean {
  if (from.event === to.event) return to.offsetMinutes <= from.offsetMinutes;
  return isEarlierInTheDay(to.event, from.event);
}

/** Without an event there is nothing that an offset could stand for: the midnight sun must not make an hour's night. */
function withOffset({ atMs, happens }: SunInstant, { offsetMinutes }: SunTime): number {
  return happens ? atMs + offsetMinutes * MINUTE_MS : atMs;
}
