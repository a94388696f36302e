import type { CloudErrorCode } from '@shared/model/remote';

/** What went wrong with one recording, and how the remote fared before. */
export interface FailureFacts {
  readonly code: CloudErrorCode;
  /** The remote asked to be left alone for so long. Milliseconds; null: it did not say. */
  readonly retryAfterMs: number | null;
  /** Attempts of this recording that count, this one included if it does. */
  readonly attempts: number;
  /** Failures of this remote since its last success, this one included, whatever their recordings. */
  readonly inARow: number;
  /** Of those the newest that said FORBIDDEN, with nothing else between them. */
  readonly refusedInARow: number;
  /** 0 … 1, so that not everything that failed together comes back together. */
  readonly random: number;
}

export interface FailureVerdict {
  /** It was the recording's attempt; else the remote's, and the recording loses nothing. */
  readonly counts: boolean;
  /** Of the recording: milliseconds until it is tried again; null: it is given up. */
  readonly retryInMs: number | null;
  /** Of the remote: so long nothing is sent to it. Milliseconds; 0: it goes on. */
  readonly restMs: number;
  /** Of the remote: it waits for a person. */
  readonly stop: 'refused' | 'full' | null;
}

/** Of the station or of the way to the remote: they say nothing about a recording. */
const OUTAGES: ReadonlySet<CloudErrorCode> = new Set(['OFFLINE', 'TIMEOUT', 'TLS_CLOCK']);
/** What will not mend itself. */
const HOPELESS: ReadonlySet<CloudErrorCode> = new Set(['LOCAL_MISSING', 'ENCODE']);
const MOST_HOPELESS_ATTEMPTS = 3;

const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 300_000;
const FIRST_PATIENCE_MS = 30_000;
const LONGEST_PATIENCE_MS = 900_000;
const OTHERS_MS = 300_000;
const FIRST_RETRY_MS = 60_000;
/** The longest that a recording waits for another try, jitter included. Milliseconds. */
export const LONGEST_RETRY_MS = 21_600_000;
/** So many recordings in a row, and the fault is the remote's. */
const FAULT_OF_REMOTE = 5;
/** So many in a row may be refused because of what they are; then it is who we are. */
const REFUSED_IN_A_ROW = 3;

/** What follows from a failed upload. Pure. */
export function afterFailure(facts: FailureFacts): FailureVerdict {
  const { code, retryAfterMs, attempts, inARow } = facts;
  const nothing = { counts: false, retryInMs: 0, restMs: 0, stop: null } as const;
  if (OUTAGES.has(code)) {
    const restMs = growing(FIRST_REST_MS, LONGEST_REST_MS, inARow, facts.random);
    // It may be this one that takes too long: then the others must have their turn.
    return { ...nothing, restMs, retryInMs: code === 'TIMEOUT' ? afterOthers(restMs) : 0 };
  }
  if (code === 'RATE_LIMITED') {
    const own = growing(FIRST_PATIENCE_MS, LONGEST_PATIENCE_MS, inARow, facts.random);
    // A server that wants a day's patience is asked sooner: it may have meant something else.
    const asked = Math.min(retryAfterMs ?? 0, LONGEST_PATIENCE_MS * 4);
    const restMs = Math.max(own, asked);
    // A file that somebody has locked is told in the same way: the others must have their turn.
    return { ...nothing, restMs, retryInMs: afterOthers(restMs) };
  }
  if (code === 'AUTH') return { ...nothing, stop: 'refused' };
  if (code === 'QUOTA') return { ...nothing, stop: 'full' };
  if (HOPELESS.has(code)) {
    const isOver = attempts >= MOST_HOPELESS_ATTEMPTS;
    return { ...nothing, counts: true, retryInMs: isOver ? null : retryAfter(facts) };
  }
  if (code === 'FORBIDDEN' && facts.refusedInARow >= REFUSED_IN_A_ROW)
    return { ...nothing, stop: 'refused' };
  const restMs =
    inARow < FAULT_OF_REMOTE
      ? 0
      : growing(FIRST_PATIENCE_MS, LONGEST_PATIENCE_MS, inARow - FAULT_OF_REMOTE + 1, facts.random);
  // From there on it costs no recording its patience: a season must not be put off for hours by one bad evening.
  // The others go first all the same, or a few that nobody takes would hold up all that come after them.
  return restMs > 0
    ? { ...nothing, restMs, retryInMs: afterOthers(restMs) }
    : { counts: true, retryInMs: retryAfter(facts), restMs, stop: null };
}

/** Is it the way to the remote, which may be mended any moment? */
export function isOutage(code: CloudErrorCode): boolean {
  return OUTAGES.has(code);
}

/** Does it say something about the remote at all? */
export function concernsRemote(code: CloudErrorCode): boolean {
  return !HOPELESS.has(code);
}

/** So late that others have had their turn in between. */
function afterOthers(restMs: number): number {
  return Math.max(OTHERS_MS, restMs * 2);
}

function retryAfter({ attempts, random }: FailureFacts): number {
  return growing(FIRST_RETRY_MS, LONGEST_RETRY_MS, attempts, random);
}

/** Twice as long each time, and between three quarters and the whole of it. */
function growing(firstMs: number, longestMs: number, times: number, random: number): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(30, Math.max(0, times - 1)));
  return Math.round(whole * (0.75 + random / 4));
}
