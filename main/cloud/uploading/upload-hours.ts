import type { UploadWindow } from '@shared/model/remote';
import { zoneClock } from '@shared/model/zone-clock';

export interface UploadHours {
  readonly open: boolean;
  /** When that changes, UTC milliseconds; null: never. */
  readonly untilMs: number | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A window of local hours opens and closes within a day, and the longest local day has 25 hours; with some to spare. */
const LOOK_AHEAD_HOURS = 50;

const ALWAYS: UploadHours = { open: true, untilMs: null };

/**
 * May be uploaded now, by local hours? The hour that a clock jumps over is none; one that it shows twice is open twice.
 * @param window null: always
 * @param timezone IANA name
 */
export function uploadHours(
  window: UploadWindow | null,
  timezone: string,
  nowMs: number,
): UploadHours {
  if (window === null) return ALWAYS;
  const localClock = zoneClock(timezone);
  const isOpen = (utcMs: number): boolean => {
    const hour = new Date(localClock(utcMs)).getUTCHours();
    const { startHour, endHour } = window;
    return startHour < endHour
      ? hour >= startHour && hour < endHour
      : hour >= startHour || hour < endHour;
  };
  const open = isOpen(nowMs);
  // No window is shorter than an hour, but the clock may jump over one: quarters see all that there is to see.
  let before = nowMs;
  const step = HOUR_MS / 4;
  for (let n = 1; n <= LOOK_AHEAD_HOURS * 4; n += 1) {
    const at = nowMs + n * step;
    if (isOpen(at) !== open) return { open, untilMs: firstChange(isOpen, before, at) };
    before = at;
  }
  return { open, untilMs: null };
}

/** To the minute: zones change at whole minutes. */
function firstChange(
  isOpen: (utcMs: number) => boolean,
  beforeMs: number,
  afterMs: number,
): number {
  let [from, to] = [Math.floor(beforeMs / MINUTE_MS), Math.ceil(afterMs / MINUTE_MS)];
  const was = isOpen(beforeMs);
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (isOpen(middle * MINUTE_MS) === was) from = middle;
    else to = middle;
  }
  return to * MINUTE_MS;
}
