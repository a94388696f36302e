import { getTimes, type SunTimes } from 'suncalc';
import type { SunEvent } from '@shared/model/schedule';

/** Degrees; north and east are positive. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** When something happens, or when it would in the end if the days went on changing as they do. */
export interface SunInstant {
  /** UTC milliseconds. */
  readonly atMs: number;
  /** False where the sun stays above or below the event's angle all day. */
  readonly happens: boolean;
}

interface EventKind {
  /** Height of the sun's centre, degrees, as suncalc has it. */
  readonly angle: number;
  readonly rising: boolean;
}

/** In the order of a day from one solar midnight to the next. */
const EVENTS: Readonly<Record<SunEvent, EventKind>> = {
  nightEnd: { angle: -18, rising: true },
  nauticalDawn: { angle: -12, rising: true },
  dawn: { angle: -6, rising: true },
  sunrise: { angle: -0.833, rising: true },
  sunset: { angle: -0.833, rising: false },
  dusk: { angle: -6, rising: false },
  nauticalDusk: { angle: -12, rising: false },
  night: { angle: -18, rising: false },
};
const ORDER = Object.keys(EVENTS);

const DAY_MS = 86_400_000;
const RADIANS = Math.PI / 180;
/** Half of the sun's own width: closer than this, it is at an angle. */
const GRAZING = 0.25 * RADIANS;

/** Whether `a` comes before `b` between one solar midnight and the next. */
export function isEarlierInTheDay(a: SunEvent, b: SunEvent): boolean {
  return ORDER.indexOf(a) < ORDER.indexOf(b);
}

/** The number of the solar day at a place that an instant lies in, by the mean sun. */
export function solarDayOf(utcMs: number, { longitude }: Position): number {
  return Math.floor(utcMs / DAY_MS + longitude / 360);
}

/** What the sun does at a place on its solar days. Keeps what it computed, so it is made for one use. */
export class SunDays {
  readonly #position: Position;
  readonly #times = new Map<number, SunTimes>();

  constructor(position: Position) {
    this.#position = position;
  }

  /**
   * When an event happens on a solar day. Where the sun stays on one side of the event's angle that day, what the
   * event tends to as it vanishes: solar noon if the sun stays below, the solar midnight on its own side of the day
   * if it stays above.
   */
  instant(event: SunEvent, day: number): SunInstant {
    const { angle, rising } = EVENTS[event];
    const at = this.#on(day)[event];
    if (at instanceof Date && this.#isAt(angle, at.getTime(), day)) {
      return { atMs: at.getTime(), happens: true };
    }
    if (!this.#staysAbove(angle, day)) return { atMs: this.#noonMs(day), happens: false };
    return { atMs: this.#midnightMs(rising ? day : day + 1), happens: false };
  }

  #on(day: number): SunTimes {
    const known = this.#times.get(day);
    if (known !== undefined) return known;
    const { latitude, longitude } = this.#position;
    // Mean noon: as far as can be from where one solar day of suncalc's becomes the next.
    const noon = new Date((day + 0.5 - longitude / 360) * DAY_MS);
    const times = getTimes(noon, latitude, longitude);
    this.#times.set(day, times);
    return times;
  }

  #noonMs(day: number): number {
    return this.#on(day).solarNoon.getTime();
  }

  /** The one with which a solar day begins. One instant for both days, so that no crack opens between them. */
  #midnightMs(day: number): number {
    return Math.round((this.#noonMs(day - 1) + this.#noonMs(day)) / 2);
  }

  /** Whether the sun stands at the angle then. Where it only grazes it, suncalc can be hours off. */
  #isAt(angle: number, utcMs: number, day: number): boolean {
    const turned = ((utcMs - this.#noonMs(day)) / DAY_MS) * 2 * Math.PI;
    const latitude = this.#position.latitude * RADIANS;
    const declination = declinationOf(utcMs);
    const sine =
      Math.sin(latitude) * Math.sin(declination) +
      Math.cos(latitude) * Math.cos(declination) * Math.cos(turned);
    return Math.abs(Math.asin(sine) - angle * RADIANS) < GRAZING;
  }

  /** On a day on which the sun does not cross the angle: does it stay above? */
  #staysAbove(angle: number, day: number): boolean {
    // The mean of the sine of its height over the day, as it turns around the pole.
    const mean =
      Math.sin(this.#position.latitude * RADIANS) * Math.sin(declinationOf(this.#noonMs(day)));
    return mean > Math.sin(angle * RADIANS);
  }
}

/** Of the sun, radians, good to 0.01° (Astronomical Almanac, low-precision formulas for the sun). */
function declinationOf(utcMs: number): number {
  const days = (utcMs - Date.UTC(2000, 0, 1, 12)) / DAY_MS;
  const anomaly = (357.528 + 0.9856003 * days) * RADIANS;
  const longitude =
    280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly);
  return Math.asin(Math.sin(23.439 * RADIANS) * Math.sin(longitude * RADIANS));
}
