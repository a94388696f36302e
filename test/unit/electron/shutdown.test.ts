import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Shutdown } from '../../../electron/shutdown';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function make(stop: () => Promise<void>) {
  const exit = vi.fn();
  const onTrouble = vi.fn();
  return { exit, onTrouble, shutdown: new Shutdown({ stop, exit, onTrouble }) };
}

describe('a clean stop', () => {
  it('waits for the station and says 0', async () => {
    let finish = (): void => undefined;
    const stop = vi.fn(() => new Promise<void>((done) => (finish = done)));
    const { exit, shutdown } = make(stop);
    shutdown.begin();
    shutdown.begin();
    await vi.advanceTimersByTimeAsync(5000);
    expect(stop).toHaveBeenCalledTimes(1);
    expect(exit).not.toHaveBeenCalled();
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(exit.mock.calls).toEqual([[0]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(exit).toHaveBeenCalledTimes(1);
  });

  it('leaves without a station that takes longer than 15 s', async () => {
    const { exit, onTrouble, shutdown } = make(() => new Promise(() => undefined));
    shutdown.begin();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(exit.mock.calls).toEqual([[0]]);
    expect(onTrouble).toHaveBeenCalledWith('it took longer than 15 s');
  });

  it('leaves when the station fails to stop', async () => {
    const { exit, onTrouble, shutdown } = make(() => Promise.reject(new Error('stuck')));
    shutdown.begin(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(exit.mock.calls).toEqual([[1]]);
    expect(onTrouble).toHaveBeenCalledWith('stuck');
  });

  it('is cut short by a second signal', () => {
    const { exit, shutdown } = make(() => new Promise(() => undefined));
    shutdown.signal();
    expect(shutdown.underWay).toBe(true);
    expect(exit).not.toHaveBeenCalled();
    shutdown.signal(); // the same Ctrl-C, passed on once more
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(3_500);
    shutdown.signal();
    expect(exit.mock.calls).toEqual([[1]]);
  });
});
