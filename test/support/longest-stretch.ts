/** Milliseconds of its own: what others do with the processor meanwhile does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** For how long the main loop did not turn at worst while something was done, milliseconds. */
export async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let [longest, before] = [0, cpuMs()];
  let done = false;
  const turned = new Promise<void>((resolve) => {
    const turn = (): void => {
      const now = cpuMs();
      longest = Math.max(longest, now - before);
      before = now;
      if (done) resolve();
      else setImmediate(turn);
    };
    setImmediate(turn);
  });
  try {
    await work();
  } finally {
    done = true;
    await turned;
  }
  return longest;
}
