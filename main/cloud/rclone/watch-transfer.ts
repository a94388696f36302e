import type { Clock } from '../../clock/clock';
import { RcSilence } from './rclone-daemon';

export interface WatchedTransfer<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Without one byte more for so long it is given up. Milliseconds. */
  readonly silentMs: number;
  readonly act: (signal: AbortSignal) => Promise<T>;
  /** How many were transferred so far. */
  readonly bytes: () => Promise<number>;
  readonly onProgress: (bytes: number) => void;
  readonly onSilence: () => Promise<void>;
}

const LOOK_MS = 1_000;

/** Lets a transfer take as long as it moves. @throws RcSilence, and whatever the transfer throws */
export async function watchTransfer<T>(transfer: WatchedTransfer<T>): Promise<T> {
  const { signal, act } = transfer;
  const over = new AbortController();
  const silent = new AbortController();
  const watch = look(transfer, over.signal, silent);
  // Heard below; until then it is nobody's unheard failure.
  watch.catch(() => undefined);
  try {
    return await act(AbortSignal.any([signal, silent.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!silent.signal.aborted) throw error;
    throw new RcSilence(`nothing moved for ${String(transfer.silentMs / 1000)} s`, {
      cause: error,
    });
  } finally {
    over.abort();
    await watch;
  }
}

async function look<T>(
  { clock, silentMs, bytes, onProgress, onSilence }: WatchedTransfer<T>,
  over: AbortSignal,
  silent: AbortController,
): Promise<void> {
  let before = -1;
  let movedAt = clock.monotonicMs();
  while (await clock.sleep(LOOK_MS, over)) {
    const now = await Promise.race([bytes().catch(() => before), ended(over, before)]);
    if (over.aborted) return;
    if (now > before) {
      before = now;
      movedAt = clock.monotonicMs();
      onProgress(now);
    } else if (clock.monotonicMs() - movedAt >= silentMs) {
      await onSilence();
      silent.abort();
      return;
    }
  }
}

/** Whoever has ended waits for no more numbers. */
async function ended(over: AbortSignal, value: number): Promise<number> {
  return await new Promise((resolve) => {
    over.addEventListener('abort', () => {
      resolve(value);
    });
  });
}
