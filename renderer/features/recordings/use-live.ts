import { useEffect, useState } from 'react';

const AGAIN_MS = 1_000;

/**
 * The newest word of a stream that ends by itself, e.g. of an import that runs. A stream that breaks is asked for again.
 * `watch` must stay the same object while the same thing is followed; null: nothing is.
 */
export function useLive<Value>(
  watch: ((signal: AbortSignal) => Promise<AsyncIterable<Value>>) | null,
): Value | null {
  const [latest, setLatest] = useState<{ readonly of: typeof watch; readonly value: Value } | null>(
    null,
  );
  useEffect(() => {
    if (watch === null) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    const follow = async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          for await (const value of await watch(signal)) setLatest({ of: watch, value });
          return;
        } catch {
          // The channel was lost, or there is no such thing any more: the next turn tells.
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        }
      }
    };
    void follow();
    return () => {
      leaving.abort();
    };
  }, [watch]);
  return latest !== null && latest.of === watch ? latest.value : null;
}
