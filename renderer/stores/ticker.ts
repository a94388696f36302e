import { create } from 'zustand';

/** One clock for everything on the page that counts seconds: ages, countdowns, the clock itself. */
export const useTicker = create<{ readonly nowMs: number }>()(() => ({ nowMs: performance.now() }));

export function startTicker(signal: AbortSignal): void {
  const timer = setInterval(() => {
    useTicker.setState({ nowMs: performance.now() });
  }, 1000);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
  });
}
