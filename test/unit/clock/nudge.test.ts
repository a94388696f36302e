import { describe, expect, it } from 'vitest';
import { Nudge } from '@main/clock/nudge';
import { FakeClock, settle } from '../../support/fake-clock';

function waiting(nudge: Nudge, ms: number, signal?: AbortSignal): { done: boolean } {
  const state = { done: false };
  void nudge.wait(ms, signal).then(() => {
    state.done = true;
  });
  return state;
}

describe('a pause that can be cut short', () => {
  it('lasts as long as it was asked to', async () => {
    const clock = new FakeClock();
    const pause = waiting(new Nudge(clock), 1000);
    await clock.advance(999);
    expect(pause.done).toBe(false);
    await clock.advance(1);
    expect(pause.done).toBe(true);
  });

  it('ends at a nudge', async () => {
    const clock = new FakeClock();
    const nudge = new Nudge(clock);
    const pause = waiting(nudge, 1000);
    nudge.nudge();
    await settle();
    expect(pause.done).toBe(true);
    expect(clock.sleeping).toBe(0);
  });

  it('never loses a nudge that came before it, and counts several as one', async () => {
    const clock = new FakeClock();
    const nudge = new Nudge(clock);
    nudge.nudge();
    nudge.nudge();
    const first = waiting(nudge, 1000);
    await settle();
    expect(first.done).toBe(true);
    const second = waiting(nudge, 1000);
    await settle();
    expect(second.done).toBe(false);
  });

  it('ends at an abort, also one that came before', async () => {
    const clock = new FakeClock();
    const nudge = new Nudge(clock);
    const abort = new AbortController();
    const pause = waiting(nudge, 1000, abort.signal);
    abort.abort();
    await settle();
    expect(pause.done).toBe(true);
    const late = waiting(nudge, 1000, abort.signal);
    await settle();
    expect(late.done).toBe(true);
  });

  it('leaves no listener on the signal it was given', async () => {
    const clock = new FakeClock();
    const nudge = new Nudge(clock);
    const abort = new AbortController();
    let listeners = 0;
    const { signal } = abort;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(signal, args);
    };
    for (let turn = 0; turn < 5; turn++) {
      const pause = waiting(nudge, 10, signal);
      await clock.advance(10);
      expect(pause.done).toBe(true);
    }
    expect(listeners).toBe(0);
  });
});
