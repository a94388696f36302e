const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;
/** So many failures without five healthy minutes between them raise an alert, and the haste ends. */
export const FAILURE_BUDGET = 5;

/**
 * How long to wait before the n-th restart (from 1) of a capture that failed: 2 s, doubling; from the fifth on
 * once a minute, for ever.
 */
export function restartDelayMs(failures: number): number {
  if (failures >= FAILURE_BUDGET) return LONGEST_MS;
  return FIRST_MS * 2 ** Math.max(0, failures - 1);
}
