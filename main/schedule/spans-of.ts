import type { Schedule } from '@shared/model/schedule';
import { clip, type MsSpan, union } from '../clock/spans';
import { hoursSpans } from './hours';
import { sunSpans } from './sun';
import type { Position } from './sun-day';

/** Where a station stands, as its settings say. */
export interface Place {
  /** IANA name. */
  readonly timezone: string;
  /** Degrees north; null = unknown. */
  readonly latitude: number | null;
  /** Degrees east; null = unknown. */
  readonly longitude: number | null;
}

/**
 * When a schedule records between two instants (UTC milliseconds): sorted, disjoint, inside of them. A sun schedule
 * at an unknown place records always: better too much than nothing.
 * @throws RangeError for an unknown time zone
 */
export function spansOf(schedule: Schedule, fromMs: number, toMs: number, place: Place): MsSpan[] {
  const spans = [...unmergedSpans(schedule, fromMs, toMs, place)];
  return union(clip(spans, { fromMs, toMs }));
}

/** Whether a schedule cannot be followed for want of the station's position. */
export function lacksPosition(schedule: Schedule, place: Place): boolean {
  return schedule.kind === 'sun' && positionOf(place) === null;
}

function unmergedSpans(
  schedule: Schedule,
  fromMs: number,
  toMs: number,
  place: Place,
): Iterable<MsSpan> {
  switch (schedule.kind) {
    case 'always':
      return [{ fromMs, toMs }];
    case 'hours':
      return hoursSpans(schedule.windows, place.timezone, fromMs, toMs);
    case 'sun': {
      const position = positionOf(place);
      if (position === null) return [{ fromMs, toMs }];
      return sunSpans(schedule.windows, position, fromMs, toMs);
    }
  }
}

function positionOf({ latitude, longitude }: Place): Position | null {
  return latitude === null || longitude === null ? null : { latitude, longitude };
}
