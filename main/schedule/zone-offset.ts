import { zoneClock } from '@shared/model/zone-clock';
import type { MsSpan } from '../clock/spans';
import { firstInstantWith } from '../clock/first-instant';

/** A stretch of time in which a zone's clocks differ from UTC by the same amount. */
export interface OffsetSpan extends MsSpan {
  /** Local time minus UTC, milliseconds. */
  readonly offsetMs: number;
}

/** No zone ever set its clocks twice within this. */
const STEP_MS = 3 * 3_600_000;

/**
 * The stretches of constant offset that make up the time between two instants, in order. Where clocks are set, one
 * stretch ends and the next begins; local time is plain arithmetic within each.
 * @param timezone IANA name
 * @throws RangeError for an unknown zone
 */
export function* offsetSpans(
  timezone: string,
  fromMs: number,
  toMs: number,
): Generator<OffsetSpan, void> {
  const localAt = zoneClock(timezone);
  const offsetAt = (utcMs: number): number => localAt(Math.floor(utcMs)) - Math.floor(utcMs);
  let start = fromMs;
  let offsetMs = offsetAt(fromMs);
  for (let at = fromMs; at < toMs;) {
    const next = Math.min(at + STEP_MS, toMs);
    const nextOffsetMs = offsetAt(next);
    if (nextOffsetMs !== offsetMs) {
      const change = firstInstantWith((ms) => offsetAt(ms) !== offsetMs, at, next);
      yield { fromMs: start, toMs: change, offsetMs };
      start = change;
      offsetMs = nextOffsetMs;
    }
    at = next;
  }
  if (start < toMs) yield { fromMs: start, toMs, offsetMs };
}
