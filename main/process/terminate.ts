import type { Clock } from '../clock/clock';
import { isAlive, type ProcessIdentity } from './identity';
import { errorCode } from '../files/error-code';

/** How a process ended when it was asked to. */
export type EndedBy = 'gone' | 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'nothing';

const LADDER: readonly { signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'; patienceMs: number }[] = [
  { signal: 'SIGINT', patienceMs: 5_000 }, // ffmpeg closes its files
  { signal: 'SIGTERM', patienceMs: 3_000 },
  { signal: 'SIGKILL', patienceMs: 2_000 },
];
const POLL_MS = 25;

/**
 * Ends exactly this process, politely first, and waits until it is gone. It need not be our child.
 * @returns the signal that did it; `nothing` when even SIGKILL did not (a process stuck in the kernel)
 */
export async function terminate(identity: ProcessIdentity, clock: Clock): Promise<EndedBy> {
  if (!(await isAlive(identity))) return 'gone';
  for (const { signal, patienceMs } of LADDER) {
    try {
      process.kill(identity.pid, signal);
    } catch (error) {
      // Gone just now. Any other refusal (a process of another user) leaves it alive: to be said, not hidden.
      const gone = errorCode(error) === 'ESRCH';
      return gone ? 'gone' : 'nothing';
    }
    const deadline = clock.monotonicMs() + patienceMs;
    while (clock.monotonicMs() < deadline) {
      await clock.sleep(POLL_MS);
      if (!(await isAlive(identity))) return signal;
    }
  }
  return 'nothing';
}
