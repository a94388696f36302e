import type { Gap } from './coverage';

/**
 * Gaps for a person's eye, on the page and on the command line: the moments of starting and stopping as one, so that
 * they do not drown the others.
 */
export interface GapsInBrief {
  /** To be shown one by one, in their order. */
  readonly shown: readonly Gap[];
  /** Starts, stops and ends of windows, too short to matter one by one. */
  readonly brief: readonly Gap[];
  readonly briefS: number;
}

/** A start takes some tenths of a second; what takes longer is worth a line of its own. */
const BRIEF_S = 1;

/** One alone is shown like any other. What lasts still is never brief. */
export function gapsInBrief(gaps: readonly Gap[]): GapsInBrief {
  const brief = gaps.filter(isBrief);
  if (brief.length < 2) return { shown: gaps, brief: [], briefS: 0 };
  return {
    shown: gaps.filter((gap) => !isBrief(gap)),
    brief,
    briefS: brief.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function isBrief({ reason, to, seconds }: Gap): boolean {
  return reason === 'restart' && to !== null && seconds < BRIEF_S;
}
