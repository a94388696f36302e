import type { Level } from '@shared/model/level';
import { backoffMs, pause } from '../../app/follow-station';

interface Following {
  readonly levels: (signal: AbortSignal) => Promise<AsyncIterable<Level>>;
  readonly received: (level: Level) => void;
  readonly signal: AbortSignal;
}

/** Passes levels on until `signal` aborts; a stream that ends or fails is asked for again. */
export async function followLevels({ levels, received, signal }: Following): Promise<void> {
  let attempt = 0;
  while (!signal.aborted) {
    try {
      for await (const level of await levels(signal)) {
        attempt = 0;
        received(level);
      }
    } catch {
      // Ended with the channel, or the device is gone; asked for again below.
    }
    await pause(backoffMs(attempt), signal);
    attempt += 1;
  }
}
