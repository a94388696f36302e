import type { Span } from './span';

/** A stretch of time in which a zone's clocks differ from UTC by the same amount. */
export interface OffsetSpan extends Span {
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
  const offsetAt = zoneOffset(timezone);
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

/** Answers local time minus UTC, milliseconds, at an instant. */
function zoneOffset(timezone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (utcMs) => {
    const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const localMs = Date.UTC(
      field('year'),
      field('month') - 1,
      field('day'),
      field('hour'),
      field('minute'),
      field('second'),
    );
    return localMs - Math.floor(utcMs / 1000) * 1000;
  };
}

/** The first millisecond after `noMs`, up to `yesMs`, at which it is so. */
function firstInstantWith(isSo: (ms: number) => boolean, noMs: number, yesMs: number): number {
  let no = noMs;
  let yes = yesMs;
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (isSo(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
