import { expect, it } from 'vitest';
import { HaltedError, Pacer } from '@main/integrity/pacer';

const PIECE = 256 * 1024;

/** A clock on which nothing takes time but sleep. */
function sleepClock() {
  let nowMs = 1_000;
  return {
    monotonicMs: () => nowMs,
    wallMs: () => 0,
    sleep: (ms: number) => {
      nowMs += ms;
      return Promise.resolve(true);
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

async function spend(pacer: Pacer, bytes: number): Promise<void> {
  for (let spent = 0; spent < bytes; spent += PIECE) await pacer.spend(PIECE);
}

it('lets so many bytes pass in a second, and no more', async () => {
  const clock = sleepClock();
  const pacer = new Pacer(
    clock,
    () => 5e6,
    () => null,
    new AbortController().signal,
  );
  await spend(pacer, 50e6);
  const tookS = (clock.monotonicMs() - 1_000) / 1000;
  expect(tookS).toBeGreaterThan(9.7);
  expect(tookS).toBeLessThan(10.1);
});

it('does not make up for a long rest', async () => {
  const clock = sleepClock();
  const pacer = new Pacer(
    clock,
    () => 5e6,
    () => null,
    new AbortController().signal,
  );
  await spend(pacer, 5e6);
  clock.pass(3_600_000);
  const from = clock.monotonicMs();
  await spend(pacer, 5e6);
  expect(clock.monotonicMs() - from).toBeGreaterThan(750);
});

it('follows a rate that is changed', async () => {
  const clock = sleepClock();
  let rate = 5e6;
  const pacer = new Pacer(
    clock,
    () => rate,
    () => null,
    new AbortController().signal,
  );
  await spend(pacer, 5e6);
  rate = 50e6;
  const from = clock.monotonicMs();
  await spend(pacer, 5e6);
  expect(clock.monotonicMs() - from).toBeLessThan(150);
});

it('halts at once when something else goes first, or the station stops', async () => {
  const clock = sleepClock();
  let why: string | null = null;
  const abort = new AbortController();
  const pacer = new Pacer(
    clock,
    () => 1e9,
    () => why,
    abort.signal,
  );
  await pacer.spend(PIECE);
  why = 'The disk is full.';
  await expect(pacer.spend(PIECE)).rejects.toThrow('The disk is full.');
  why = null;
  abort.abort();
  await expect(pacer.spend(PIECE)).rejects.toThrow(HaltedError);
});
