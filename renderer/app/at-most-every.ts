/** Runs `task` at once, and again after at most `ms` for all that asked meanwhile; nothing once `signal` aborts. */
export function atMostEvery(ms: number, task: () => void, signal: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let asked = false;
  const rest = (): void => {
    timer = setTimeout(() => {
      timer = null;
      if (asked) run();
    }, ms);
  };
  const run = (): void => {
    asked = false;
    if (signal.aborted) return;
    task();
    rest();
  };
  signal.addEventListener('abort', () => {
    if (timer !== null) clearTimeout(timer);
  });
  return () => {
    if (timer === null) run();
    else asked = true;
  };
}
