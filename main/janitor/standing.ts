import type { KeptReason } from '@shared/model/janitor';
import type { Stream } from '@shared/model/recording';
import type { Severity } from './demand';

/** What is known of one recording that is here, as far as it matters for its deletion. Times are UTC milliseconds. */
export interface Candidate {
  readonly id: number;
  readonly device: string;
  readonly timeMs: number;
  readonly indexedAtMs: number;
  /** Relative to the data folder; null: it has none, or it is gone. */
  readonly rawPath: string | null;
  readonly processedPath: string | null;
  readonly missingFile: Stream | null;
  readonly rawBytes: number;
  readonly processedBytes: number;
  /** Every remote that was active then has it. */
  readonly uploaded: boolean;
  /** Remotes from which a copy was read back, and which still count. */
  readonly verifiedBy: readonly string[];
  /** An active remote has a copy of it in another state: sent and not read back, put back, gone there. */
  readonly outstanding: boolean;
  /** It is sent or read just now. */
  readonly inUse: boolean;
  /** Every worker that is on has done it, has given it up or has passed it over. */
  readonly analysed: boolean;
  readonly protected: boolean;
  readonly discarded: boolean;
  readonly fetchedBackAtMs: number | null;
}

/** What the rules rest on beside the recording itself. */
export interface Circumstances {
  readonly nowMs: number;
  /** There is a remote, at work or paused: a copy is wanted. */
  readonly copiesWanted: boolean;
  /** Recordings whose files could not be removed a short while ago. */
  readonly stuck: ReadonlySet<number>;
}

/** How a recording stands with its deletion. */
export interface Standing {
  /** The mildest severity that may take it; `last`: only panic, when nothing else is left; null: nothing may. */
  readonly goesFrom: Severity | 'last' | null;
  /** Why nothing milder may take it; null: housekeeping may. */
  readonly kept: KeptReason | null;
  /** A copy was read back, or nobody wants one. */
  readonly safe: boolean;
}

/** The other file of a pair may arrive a moment later, and is then found to belong to it. */
const YOUNG_MS = 30_000;
/** What has no copy anywhere is left for so long to whoever wants to look at it, though nobody wants a copy. */
const UNCOPIED_MS = 3_600_000;
/** Whoever fetched something back wants it here for so long. */
const FETCHED_BACK_MS = 7 * 86_400_000;

/** Pure: the same facts give the same answer. */
export function standingOf(candidate: Candidate, circumstances: Circumstances): Standing {
  const { nowMs, copiesWanted, stuck } = circumstances;
  const isSaved = isReadBack(candidate);
  const safe = isSaved || !copiesWanted;
  const never = (kept: KeptReason): Standing => ({ goesFrom: null, kept, safe });
  const { id, indexedAtMs, fetchedBackAtMs } = candidate;
  if (stuck.has(id)) return never('cannot_be_removed');
  if (candidate.inUse) return never('in_use');
  if (isWithin(nowMs, indexedAtMs, YOUNG_MS)) return never('too_young');
  if (candidate.protected) return { goesFrom: 'last', kept: 'protected', safe };
  const panicOnly = (kept: KeptReason): Standing => ({ goesFrom: 'panic', kept, safe });
  if (!safe) return panicOnly(candidate.uploaded ? 'not_verified' : 'not_uploaded');
  if (fetchedBackAtMs !== null && isWithin(nowMs, fetchedBackAtMs, FETCHED_BACK_MS)) {
    return panicOnly('fetched_back');
  }
  if (!isSaved && isWithin(nowMs, indexedAtMs, UNCOPIED_MS)) return panicOnly('too_young');
  if (!candidate.analysed) return { goesFrom: 'defensive', kept: 'not_analysed', safe };
  return { goesFrom: 'housekeeping', kept: null, safe };
}

/** Every remote that it was meant for has it, and at least one copy was read back: what was sent is not enough. */
export function isReadBack({
  uploaded,
  verifiedBy,
  outstanding,
}: Pick<Candidate, 'uploaded' | 'verifiedBy' | 'outstanding'>): boolean {
  return uploaded && verifiedBy.length > 0 && !outstanding;
}

/** What lies in the future by a clock that was set back is not taken for recent for years. */
function isWithin(nowMs: number, sinceMs: number, ms: number): boolean {
  return sinceMs <= nowMs && nowMs - sinceMs < ms;
}
