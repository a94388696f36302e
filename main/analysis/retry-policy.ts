/** So often, then a recording is let be until somebody asks for another try. */
const MOST_ATTEMPTS = 3;
const AFTER_ATTEMPT_MS = [60_000, 600_000];
/** So many recordings in a row, and the fault is not theirs. */
export const FAILING_AFTER = 3;
const FIRST_REST_MS = 60_000;
const LONGEST_REST_MS = 3_600_000;

/** The longest that a recording waits for another attempt. Milliseconds. */
export const LONGEST_RETRY_MS = Math.max(...AFTER_ATTEMPT_MS);

/**
 * What follows when a recording could not be analysed.
 * @param attempts this one included
 * @returns milliseconds until the next attempt; null: no more
 */
export function retryAfter(attempts: number): number | null {
  if (attempts >= MOST_ATTEMPTS) return null;
  return AFTER_ATTEMPT_MS[Math.max(0, attempts - 1)] ?? LONGEST_RETRY_MS;
}

/**
 * How long a worker rests that fails at whatever it is given: twice as long each time, so that a broken command does
 * not use up the attempts of a whole season. Milliseconds.
 * @param inARow failures since the last success
 */
export function restAfter(inARow: number): number {
  if (inARow < FAILING_AFTER) return 0;
  return Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(20, inARow - FAILING_AFTER));
}
