import type { StationSnapshot } from '@shared/model/station';

/** A healthy station speaks every 5 s; after this long the channel is given up and made anew. */
export const SILENCE_LIMIT_MS = 12_000;

/** Milliseconds before the next attempt: quick at first, never slower than every 10 s. */
export function backoffMs(attempt: number): number {
  return Math.min(500 * 2 ** Math.max(0, attempt), 10_000);
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** Rejects when `promise` takes longer than `ms`. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the station is silent'));
    }, ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

interface Following {
  readonly watch: (signal: AbortSignal) => Promise<AsyncIterator<StationSnapshot>>;
  readonly receive: (snapshot: StationSnapshot) => void;
  readonly lose: () => void;
  /** Opens a new channel to the station. */
  readonly renew: () => void;
  readonly signal: AbortSignal;
}

/** Keeps the live state coming: whatever ends or silences the stream, it is asked for again, for ever. */
export async function followStation({
  watch,
  receive,
  lose,
  renew,
  signal,
}: Following): Promise<void> {
  let attempt = 0;
  const over = (): boolean => signal.aborted;
  while (!over()) {
    const attemptOver = new AbortController();
    try {
      const stream = await within(
        watch(AbortSignal.any([signal, attemptOver.signal])),
        SILENCE_LIMIT_MS,
      );
      for (;;) {
        const next = await within(stream.next(), SILENCE_LIMIT_MS);
        if (next.done === true) break;
        attempt = 0;
        receive(next.value);
      }
    } catch {
      // Every way of losing contact is handled alike, below.
    }
    attemptOver.abort();
    if (over()) return;
    lose();
    await pause(backoffMs(attempt), signal);
    attempt += 1;
    if (!over()) renew();
  }
}
