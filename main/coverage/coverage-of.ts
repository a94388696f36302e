import type { DeviceCoverage, Gap, GapReason } from '@shared/model/coverage';
import { toInstant } from '@shared/model/time';
import { clip, difference, intersection, lengthMs, type MsSpan, union } from '../clock/spans';
import { isToldThere, type RecordedSound, recordedSpans, SEAM_MS, spanOf } from './recorded-spans';

/** When a device should have recorded. All times are UTC milliseconds. */
export interface DutyFact {
  readonly fromMs: number;
  /** null while it lasts. */
  readonly toMs: number | null;
  /** Until when a console saw that it held. */
  readonly seenMs: number;
  readonly desired: boolean;
}

export interface RecordingFact extends RecordedSound {
  /** Its row. */
  readonly id: number;
  readonly clockUnsynced: boolean;
  readonly clockUnknown: boolean;
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
  /** Since when duties are written down at all; null: they never were. Before it the database was lost. */
  readonly dutiesSinceMs: number | null;
  readonly recordings: readonly RecordingFact[];
  readonly gaps: readonly GapFact[];
  readonly nowMs: number;
  /** Recorded just now and not kept yet: no judgement on it. */
  readonly pending: MsSpan | null;
}

/** Between what happened and its being written down lies a moment: it has the same cause. */
const SLIVER_MS = 2_000;
/** A console looks in at its duties every ten seconds; one that did not for so long is not there. */
const CONSOLE_GONE_MS = 150_000;
/** A first duty and the first sample of its capture are told by different clocks. */
const LEAST_ASSUMED_MS = 1_000;

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
  const recorded = clip(recordedSpans(facts.recordings, lossesOf(facts.gaps)), window);
  const known = union(
    clip(
      facts.duties
        .filter(({ desired }) => desired)
        .map((duty) => ({ fromMs: duty.fromMs, toMs: duty.toMs ?? nowMs })),
      window,
    ),
  );
  // Nobody knows what else was scheduled then, only that what was recorded must have been.
  const assumed = clip(recorded, { fromMs: -Infinity, toMs: facts.dutiesSinceMs ?? Infinity });
  const assumedMs = lengthMs(assumed) < LEAST_ASSUMED_MS ? 0 : lengthMs(assumed);
  const onDuty = assumedMs === 0 ? known : union([...known, ...assumed]);
  const unjudged = pending === null ? [] : difference([pending], recorded);
  const scheduled = difference(onDuty, unjudged);
  const missing = difference(scheduled, recorded);
  const begins = new Set(recorded.map((span) => span.fromMs));
  const ends = new Set(recorded.map((span) => span.toMs));
  // Between recordings seams were joined already; elsewhere only a capture's first and last moment is as short.
  const holes = missing.filter(
    (hole) =>
      hole.toMs - hole.fromMs >= SEAM_MS || (ends.has(hole.fromMs) && begins.has(hole.toMs)),
  );
  const scheduledMs = lengthMs(scheduled);
  const recordedMs = scheduledMs - lengthMs(holes);
  const secondsOf = (some: readonly RecordingFact[]): number =>
    lengthMs(intersection(clip(union(some.map(spanOf)), window), recorded)) / 1000;
  return {
    device: facts.device,
    displayName: facts.displayName,
    simulated: facts.simulated,
    scheduledS: scheduledMs / 1000,
    ...(assumedMs === 0 ? {} : { scheduledFromRecordingsS: assumedMs / 1000 }),
    recordedS: recordedMs / 1000,
    coverage: scheduledMs === 0 ? null : recordedMs / scheduledMs,
    scheduled: scheduled.map(toSpan),
    recorded: recorded.map(toSpan),
    gaps: holes.flatMap((hole) => explain(hole, facts)).map((piece) => toGap(piece, facts, window)),
    unsyncedS: secondsOf(facts.recordings.filter(({ clockUnsynced }) => clockUnsynced)),
    clockUnknownS: secondsOf(facts.recordings.filter(({ clockUnknown }) => clockUnknown)),
    recordings: facts.recordings
      .map(spanOf)
      .filter((one) => one.toMs > window.fromMs && one.fromMs < window.toMs).length,
  };
}

/** What was told to be missing inside of runs. */
export function lossesOf(gaps: readonly GapFact[]): MsSpan[] {
  return gaps.flatMap(({ fromMs, toMs, reason }) =>
    toMs !== null && (reason === 'overrun' || reason === 'lost') ? [{ fromMs, toMs }] : [],
  );
}

/** A hole in pieces, one for each cause. */
function explain(hole: MsSpan, facts: CoverageFacts): Piece[] {
  if (hole.toMs - hole.fromMs < SEAM_MS) {
    // So short a one may lie beside its own cause by a few milliseconds.
    const told = facts.gaps.find(
      (gap) =>
        lossesOf([gap]).length > 0 &&
        isToldThere({ ...gap, toMs: gap.toMs ?? gap.fromMs }, hole.fromMs, hole.toMs),
    );
    if (told !== undefined) return [{ ...hole, reason: told.reason, detail: told.detail }];
  }
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
