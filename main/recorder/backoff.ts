const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;

/** How long to wait before the n-th restart (from 1) of a capture that failed: 2 s, doubling to 60 s. */
export function restartDelayMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(10, Math.max(0, failures - 1)));
}
