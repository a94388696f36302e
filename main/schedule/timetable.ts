import { type Schedule, scheduleSchema } from '@shared/model/schedule';
import type { MsSpan } from '../clock/spans';
import { lacksPosition, type Place, spansOf } from './spans-of';

export interface TimetableOptions {
  /** The same object until a setting changes, e.g. `settings.get().system`. */
  readonly place: () => Place;
  /** False while the clock is known to be wrong. */
  readonly clockTrusted: () => boolean;
}

/** Where a device stands in its schedule. */
export interface ScheduleState {
  readonly inside: boolean;
  /** UTC milliseconds at which `inside` changes next; null: not within a year. */
  readonly nextChangeMs: number | null;
  /** Its schedule needs the station's position; until that is known it records always. */
  readonly positionUnknown: boolean;
}

/** What was computed, and from when to when it stays true. */
interface Known {
  readonly place: Place;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly state: ScheduleState;
}

const DAY_MS = 86_400_000;
/** Nearly every schedule changes within the first; where the sun does not set, it can take most of a year. */
const LOOK_AHEAD_MS = [2 * DAY_MS, 370 * DAY_MS] as const;

/** Says what the schedules ask for, at the station's place. Asking it every second costs next to nothing. */
export class Timetable {
  readonly #options: TimetableOptions;
  readonly #known = new WeakMap<Schedule, Known>();

  constructor(options: TimetableOptions) {
    this.#options = options;
  }

  /**
   * Where a device stands now. While the clock is known to be wrong, or if what is stored cannot be understood, it is
   * inside: better too much than nothing.
   * @param nowMs UTC milliseconds, by the wall clock
   */
  stateOf(device: { readonly schedule: Schedule }, nowMs: number): ScheduleState {
    const { schedule } = device;
    if (schedule.kind === 'always') return ALWAYS;
    const known = this.#stateAt(schedule, nowMs);
    if (this.#options.clockTrusted()) return known;
    return { ...known, inside: true, nextChangeMs: null };
  }

  /** When a schedule would record between two instants (UTC milliseconds) if it were in force. */
  preview(
    schedule: Schedule,
    fromMs: number,
    toMs: number,
  ): { spans: MsSpan[]; positionUnknown: boolean } {
    const place = this.#options.place();
    return {
      spans: spansOf(schedule, fromMs, toMs, place),
      positionUnknown: lacksPosition(schedule, place),
    };
  }

  #stateAt(schedule: Schedule, nowMs: number): ScheduleState {
    const place = this.#options.place();
    const known = this.#known.get(schedule);
    // A clock that was set in either direction leaves the stretch, or stays in it and changes nothing.
    if (known?.place === place && nowMs >= known.fromMs && nowMs < known.untilMs) {
      return known.state;
    }
    const computed = compute(schedule, nowMs, place);
    this.#known.set(schedule, computed);
    return computed.state;
  }
}

const ALWAYS: ScheduleState = { inside: true, nextChangeMs: null, positionUnknown: false };

function compute(stored: Schedule, nowMs: number, place: Place): Known {
  const parsed = scheduleSchema.safeParse(stored);
  if (!parsed.success) {
    return { place, fromMs: -Infinity, untilMs: Infinity, state: ALWAYS };
  }
  const schedule = parsed.data;
  const positionUnknown = lacksPosition(schedule, place);
  let inside = true;
  for (const aheadMs of LOOK_AHEAD_MS) {
    const endMs = nowMs + aheadMs;
    const [first] = spansOf(schedule, nowMs, endMs, place);
    inside = first?.fromMs === nowMs;
    const changeMs = inside ? first?.toMs : first?.fromMs;
    if (changeMs !== undefined && changeMs < endMs) {
      const state = { inside, nextChangeMs: changeMs, positionUnknown };
      return { place, fromMs: nowMs, untilMs: changeMs, state };
    }
    if (schedule.kind !== 'sun' || positionUnknown) break; // the next days are like these
  }
  const state = { inside, nextChangeMs: null, positionUnknown };
  return { place, fromMs: nowMs, untilMs: nowMs + LOOK_AHEAD_MS[0], state };
}
