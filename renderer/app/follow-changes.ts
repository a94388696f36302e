import type { ChangeTopic } from '@shared/model/station';
import { backoffMs, pause } from './follow-station';

interface Following {
  readonly changes: (signal: AbortSignal) => Promise<AsyncIterable<{ topic: ChangeTopic }>>;
  /** Called once per (re)subscription: whatever changed before it was not heard. */
  readonly subscribed: () => void;
  readonly changed: (topic: ChangeTopic) => void;
  readonly signal: AbortSignal;
}

/** Passes on what the station says has changed. A lost event costs latency only: a new subscription refreshes all. */
export async function followChanges({
  changes,
  subscribed,
  changed,
  signal,
}: Following): Promise<void> {
  let attempt = 0;
  while (!signal.aborted) {
    try {
      const stream = await changes(signal);
      subscribed();
      attempt = 0;
      for await (const { topic } of stream) changed(topic);
    } catch {
      // Ended with the channel or by the station; subscribed again below.
    }
    await pause(backoffMs(attempt), signal);
    attempt += 1;
  }
}
