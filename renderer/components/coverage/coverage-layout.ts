import type { DayCoverage, DeviceCoverage, Gap, Span } from '@shared/model/coverage';

/** A stretch of the bar, as fractions of its length. */
export interface BarPiece {
  readonly from: number;
  readonly to: number;
}

export interface GapPiece extends BarPiece {
  readonly gap: Gap;
}

export interface CoverageLayout {
  /** Should be recorded, and is not judged yet: the rest of the day, and the segment that is being written. */
  readonly ahead: readonly BarPiece[];
  readonly recorded: readonly BarPiece[];
  /** In the order of time; every gap, however short. */
  readonly gaps: readonly GapPiece[];
  /** Gaps as they are drawn: those that would touch are one. */
  readonly marks: readonly BarPiece[];
  /** Where now is; null when it is not on this day. */
  readonly now: number | null;
}

/** Finer than any screen shows: what is closer is drawn as one, so that a day of dropouts stays cheap. */
const FINEST = 1 / 1500;

/** Where everything stands on a bar from `from` to `to`. Spans are clipped to it; broken ones are left out. */
export function layoutCoverage(
  device: Pick<DeviceCoverage, 'scheduled' | 'recorded' | 'gaps'>,
  day: Pick<DayCoverage, 'from' | 'to' | 'at'>,
  nowMs: number | null,
): CoverageLayout {
  const place = placer(day);
  const atMs = Date.parse(day.at);
  const gaps = device.gaps
    .flatMap((gap): GapPiece[] => {
      const piece = place(gap.from, gap.to ?? day.at);
      return piece === null ? [] : [{ ...piece, gap }];
    })
    .sort((a, b) => a.from - b.from);
  const now = nowMs === null ? atMs : nowMs;
  const nowAt = (now - Date.parse(day.from)) / (Date.parse(day.to) - Date.parse(day.from));
  return {
    ahead: joined(pieces(device.scheduled, place)),
    recorded: joined(pieces(device.recorded, place)),
    gaps,
    marks: joined(gaps),
    now: nowAt >= 0 && nowAt < 1 ? nowAt : null,
  };
}

/** Spans on a bar that runs from `from` to `to`. */
export function layoutSpans(
  spans: readonly Span[],
  bar: { readonly from: string; readonly to: string },
): readonly BarPiece[] {
  return joined(pieces(spans, placer(bar)));
}

/** Less than this is judged before a first segment is kept: no share of it is fair. Seconds. */
const JUST_BEGUN_S = 10;

/** It began to record a moment ago, and all that is missing yet is that beginning. */
export function hasJustBegun({
  scheduledS,
  gaps,
}: Pick<DeviceCoverage, 'scheduledS' | 'gaps'>): boolean {
  return (
    scheduledS > 0 && scheduledS < JUST_BEGUN_S && gaps.every((gap) => gap.reason === 'restart')
  );
}

/** The gap under a finger: the nearest within `reach` of a point (both fractions of the bar), else null. */
export function gapNear(gaps: readonly GapPiece[], at: number, reach: number): Gap | null {
  let best: { gap: Gap; distance: number } | null = null;
  for (const { from, to, gap } of gaps) {
    const distance = at < from ? from - at : at > to ? at - to : 0;
    if (distance <= reach && (best === null || distance < best.distance)) best = { gap, distance };
  }
  return best?.gap ?? null;
}

type Place = (from: string, to: string) => BarPiece | null;

function placer(bar: { readonly from: string; readonly to: string }): Place {
  const startMs = Date.parse(bar.from);
  const lengthMs = Date.parse(bar.to) - startMs;
  return (from, to) => {
    const a = Math.max(0, (Date.parse(from) - startMs) / lengthMs);
    const b = Math.min(1, (Date.parse(to) - startMs) / lengthMs);
    return b > a ? { from: a, to: b } : null;
  };
}

function pieces(spans: readonly Span[], place: Place): BarPiece[] {
  return spans
    .map(({ from, to }) => place(from, to))
    .filter((piece) => piece !== null)
    .sort((a, b) => a.from - b.from);
}

/** Sorted pieces, those that touch as one. */
function joined(sorted: readonly BarPiece[]): BarPiece[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && from - last.to < FINEST) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}
