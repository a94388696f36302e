import type { MsSpan } from '../clock/spans';

/** A recording as coverage sees it. */
export interface RecordedSound {
  /** UTC milliseconds. */
  readonly timeMs: number;
  readonly durationS: number;
  /** null for what did not come from a run of ours. */
  readonly runId: string | null;
  /** Place within the run; null as `runId`. */
  readonly sequence: number | null;
}

/** Runs join: cuts fall on packets of at most this length. Within a run not a sample is lost at a cut. */
export const SEAM_MS = 20;
/** Start and end are whole milliseconds, each. */
const ROUNDING_MS = 2;
/** A slow crystal makes segments that last a little longer than their frames say; none is further off. */
const WORST_DRIFT = 500e-6;
/** Losses are told by the times that were known then; drift has moved them since by this much at most. */
const TOLD_NEAR_MS = 10;

/**
 * The time that lies in recordings: in order, without overlaps.
 *
 * Segments that follow each other in a run join, whatever rounding and a slow crystal put between them, except for what
 * was told to be lost there. Sound that was thought lost and came after all makes the next segment of its run overlap
 * the one before: so much of the hole was none.
 * @param recordings in order of their times
 * @param losses told within runs, in any order
 */
export function recordedSpans(
  recordings: readonly RecordedSound[],
  losses: readonly MsSpan[] = [],
): MsSpan[] {
  const joined: Stretch[] = [];
  let before: RecordedSound | null = null;
  for (const recording of recordings) {
    const { fromMs, toMs } = spanOf(recording);
    if (toMs <= fromMs) continue;
    const last = joined.at(-1);
    const follows = before !== null && isNext(before, recording);
    const seamMs = before !== null && follows ? seamAfter(before.durationS) : SEAM_MS;
    before = recording;
    const holeMs = last === undefined ? Infinity : fromMs - last.toMs;
    if (last === undefined || holeMs > seamMs) {
      joined.push({ fromMs, toMs, goesOn: follows });
      continue;
    }
    const lostMs = follows ? Math.min(holeMs, toldBetween(losses, last.toMs, fromMs)) : 0;
    if (lostMs > 0) {
      last.toMs = fromMs - lostMs;
      joined.push({ fromMs, toMs, goesOn: true });
      continue;
    }
    last.toMs = Math.max(last.toMs, toMs);
    if (follows && -holeMs > seamMs) fillHoles(joined, -holeMs);
  }
  return joined.map((span) => ({ fromMs: span.fromMs, toMs: span.toMs }));
}

/** The longest time between a recording and the next one of its run that is none. */
export function seamAfter(durationS: number): number {
  return ROUNDING_MS + durationS * 1000 * WORST_DRIFT;
}

interface Stretch {
  fromMs: number;
  toMs: number;
  /** It begins in the middle of a run: what is missing before it was lost, or thought so. */
  readonly goesOn: boolean;
}

/** The time in which a recording was made, in whole milliseconds where its start is. */
export function spanOf({ timeMs, durationS }: Pick<RecordedSound, 'timeMs' | 'durationS'>): MsSpan {
  return { fromMs: timeMs, toMs: Math.round(timeMs + durationS * 1000) };
}

function isNext(before: RecordedSound, { runId, sequence }: RecordedSound): boolean {
  return (
    runId !== null &&
    before.runId === runId &&
    before.sequence !== null &&
    sequence === before.sequence + 1
  );
}

function toldBetween(losses: readonly MsSpan[], fromMs: number, toMs: number): number {
  return losses
    .filter((loss) => isToldThere(loss, fromMs, toMs))
    .reduce((sum, loss) => sum + loss.toMs - loss.fromMs, 0);
}

/** Was a loss told for this hole? Times of both are known to some milliseconds only. */
export function isToldThere(loss: MsSpan, fromMs: number, toMs: number): boolean {
  return loss.fromMs < toMs + TOLD_NEAR_MS && loss.toMs > fromMs - TOLD_NEAR_MS;
}

/** The latest holes of the run first: what was told last is taken back first. */
function fillHoles(joined: Stretch[], foundMs: number): void {
  for (let leftMs = foundMs; leftMs > 0;) {
    const [before, after] = joined.slice(-2);
    if (before === undefined || after?.goesOn !== true) return;
    const holeMs = after.fromMs - before.toMs;
    if (holeMs > leftMs) {
      before.toMs += leftMs;
      return;
    }
    before.toMs = after.toMs;
    joined.pop();
    leftMs -= holeMs;
  }
}
