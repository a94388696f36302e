import type { DeviceCoverage, Gap, GapReason } from '@shared/model/coverage';
import { toInstant } from '@shared/model/time';
import { clip, difference, intersection, lengthMs, type MsSpan, union } from './spans';

/** When a device should have recorded. All times are UTC milliseconds. */
export interface DutyFact {
  readonly fromMs: number;
  /** null while it lasts. */
  readonly toMs: number | null;
  /** Until when a console saw that it held. */
  readonly seenMs: number;
  readonly desired: boolean;
}

export interface RecordingFact {
  readonly timeMs: number;
  readonly durationS: number;
  readonly clockUnsynced: boolean;
}

export interface GapFact {
  readonly fromMs: number;
  /** null while it lasts. */
  readonly toMs: number | null;
  readonly reason: GapReason;
  readonly detail: string;
}

export interface CoverageFacts extends MsSpan {
  readonly device: string;
  readonly displayName: string;
  readonly simulated: boolean;
  readonly duties: readonly DutyFact[];
  readonly recordings: readonly RecordingFact[];
  readonly gaps: readonly GapFact[];
  readonly nowMs: number;
  /** Recorded just now and not kept yet: no judgement on it. */
  readonly pending: MsSpan | null;
}

/** Neighbouring segments join: cuts fall on packets of at most this length, and times are whole milliseconds. */
export const SEAM_MS = 20;
/** Between what happened and its being written down lies a moment: it has the same cause. */
const SLIVER_MS = 2_000;
/** A console looks in at its duties once a minute; one that did not for so long is not there. */
const CONSOLE_GONE_MS = 150_000;

interface Piece extends MsSpan {
  readonly reason: GapReason;
  readonly detail: string;
}

/**
 * What a device should have recorded between two instants, and what it did. Pure, in whole milliseconds, so that
 * recorded and missing time add up to the scheduled one.
 */
export function coverageOf(facts: CoverageFacts): DeviceCoverage {
  const { fromMs, toMs, nowMs, pending } = facts;
  const window = { fromMs, toMs: Math.max(fromMs, Math.min(toMs, nowMs)) };
  const kept = facts.recordings.map((recording) => ({
    fromMs: recording.timeMs,
    toMs: Math.round(recording.timeMs + recording.durationS * 1000),
    clockUnsynced: recording.clockUnsynced,
  }));
  const recorded = clip(union(kept, SEAM_MS), window);
  const onDuty = union(
    clip(
      facts.duties
        .filter(({ desired }) => desired)
        .map((duty) => ({ fromMs: duty.fromMs, toMs: duty.toMs ?? nowMs })),
      window,
    ),
  );
  const unjudged = pending === null ? [] : difference([pending], recorded);
  const scheduled = difference(onDuty, unjudged);
  const missing = difference(scheduled, recorded);
  const holes = missing.filter((hole) => hole.toMs - hole.fromMs >= SEAM_MS);
  const scheduledMs = lengthMs(scheduled);
  const recordedMs = scheduledMs - lengthMs(holes);
  const unsynced = union(kept.filter(({ clockUnsynced }) => clockUnsynced));
  return {
    device: facts.device,
    displayName: facts.displayName,
    simulated: facts.simulated,
    scheduledS: scheduledMs / 1000,
    recordedS: recordedMs / 1000,
    coverage: scheduledMs === 0 ? null : recordedMs / scheduledMs,
    scheduled: scheduled.map(toSpan),
    recorded: recorded.map(toSpan),
    gaps: holes.flatMap((hole) => explain(hole, facts)).map((piece) => toGap(piece, facts, window)),
    unsyncedS: lengthMs(intersection(clip(unsynced, window), recorded)) / 1000,
    recordings: kept.filter((one) => one.toMs > window.fromMs && one.fromMs < window.toMs).length,
  };
}

/** A hole in pieces, one for each cause. */
function explain(hole: MsSpan, facts: CoverageFacts): Piece[] {
  const pieces: Piece[] = [];
  let atMs = hole.fromMs;
  const add = (toMs: number, reason: GapReason, detail: string): void => {
    if (toMs <= atMs) return;
    const last = pieces.at(-1);
    if (last?.reason === reason && last.detail === detail) {
      pieces[pieces.length - 1] = { ...last, toMs };
    } else pieces.push({ fromMs: atMs, toMs, reason, detail });
    atMs = toMs;
  };
  const causes = causesWithin(hole, facts);
  causes.forEach((cause, i) => {
    add(Math.min(cause.fromMs, hole.toMs), 'unknown', '');
    // Where two overlap the later one knows more.
    const until = Math.min(cause.toMs, causes[i + 1]?.fromMs ?? Infinity, hole.toMs);
    add(until, cause.reason, cause.detail);
  });
  add(hole.toMs, 'unknown', '');
  return withoutSlivers(pieces);
}

function causesWithin(hole: MsSpan, { gaps, duties, nowMs }: CoverageFacts): Piece[] {
  const told = gaps.map((gap) => ({ ...gap, toMs: gap.toMs ?? nowMs }));
  const unattended = duties
    .filter(({ toMs, seenMs }) => toMs === null && nowMs - seenMs > CONSOLE_GONE_MS)
    .map(({ seenMs }) => ({
      fromMs: seenMs,
      toMs: nowMs,
      reason: 'console_stopped' as const,
      detail: '',
    }));
  return [...told, ...unattended]
    .filter((cause) => cause.toMs > hole.fromMs && cause.fromMs < hole.toMs)
    .sort((a, b) => a.fromMs - b.fromMs);
}

/** Gives short unexplained ends to the piece beside them. */
function withoutSlivers(pieces: readonly Piece[]): Piece[] {
  const kept: Piece[] = [];
  pieces.forEach((piece, i) => {
    const before = kept.at(-1);
    const after = pieces[i + 1];
    const sliver = piece.reason === 'unknown' && piece.toMs - piece.fromMs < SLIVER_MS;
    if (before !== undefined && before.toMs > piece.fromMs) {
      // It was given away already.
      return;
    }
    if (sliver && before !== undefined) kept[kept.length - 1] = { ...before, toMs: piece.toMs };
    else if (sliver && after !== undefined) kept.push({ ...after, fromMs: piece.fromMs });
    else kept.push(piece);
  });
  return kept;
}

function toGap(piece: Piece, { device, gaps, nowMs }: CoverageFacts, window: MsSpan): Gap {
  const lasts =
    piece.toMs === nowMs &&
    window.toMs === nowMs &&
    gaps.some((gap) => gap.toMs === null && gap.reason === piece.reason);
  return {
    device,
    from: toInstant(piece.fromMs),
    to: lasts ? null : toInstant(piece.toMs),
    seconds: (piece.toMs - piece.fromMs) / 1000,
    reason: piece.reason,
    detail: piece.detail,
  };
}

function toSpan({ fromMs, toMs }: MsSpan): { from: string; to: string } {
  return { from: toInstant(fromMs), to: toInstant(toMs) };
}
