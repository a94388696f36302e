import { vi } from 'vitest';

/** A hang is found either way; a machine that is busy is none. */
const PATIENCE_MS = 20_000;

/**
 * Waits until an expectation holds, as long as a busy machine may need. @returns what it returned
 * @throws what it threw last, after 20 seconds
 */
export async function soon<T>(expectation: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(expectation, { timeout: PATIENCE_MS, interval: 10 });
}
