import type { StationSnapshot } from '@shared/model/station';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { followChanges } from '../../../renderer/app/follow-changes';
import { backoffMs, followStation, SILENCE_LIMIT_MS } from '../../../renderer/app/follow-station';

const snapshot = (at: string): StationSnapshot => ({ at }) as StationSnapshot;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('waits longer with every failure, and never longer than ten seconds', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(backoffMs)).toEqual([
    500, 1000, 2000, 4000, 8000, 10_000, 10_000,
  ]);
});

describe('following the station', () => {
  function start(streams: (() => Promise<AsyncIterator<StationSnapshot>>)[]) {
    const stop = new AbortController();
    const seen: string[] = [];
    const done = followStation({
      watch: () => streams.shift()?.() ?? new Promise(() => undefined),
      receive: ({ at }) => seen.push(at),
      lose: () => seen.push('lost'),
      renew: () => seen.push('renewed'),
      signal: stop.signal,
    });
    return { stop, seen, done };
  }
  const says =
    (...ats: string[]) =>
    () =>
      Promise.resolve(
        (async function* () {
          for (const at of ats) yield snapshot(at);
          await Promise.resolve();
        })(),
      );

  test('asks again on a new channel when the stream ends', async () => {
    const { seen, stop } = start([says('a'), says('b')]);
    await vi.advanceTimersByTimeAsync(100);
    expect(seen).toEqual(['a', 'lost']);
    await vi.advanceTimersByTimeAsync(500);
    expect(seen).toEqual(['a', 'lost', 'renewed', 'b', 'lost']);
    stop.abort();
  });

  test('takes silence for a loss', async () => {
    const silent = () =>
      Promise.resolve({
        next: () => new Promise<never>(() => undefined),
      } as AsyncIterator<StationSnapshot>);
    const { seen, stop } = start([silent]);
    await vi.advanceTimersByTimeAsync(SILENCE_LIMIT_MS - 1);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(seen).toEqual(['lost']);
    stop.abort();
  });

  test('takes a station that never answers for a loss, and keeps trying', async () => {
    const { seen, stop } = start([]);
    await vi.advanceTimersByTimeAsync(2 * SILENCE_LIMIT_MS + 2000);
    expect(seen).toEqual(['lost', 'renewed', 'lost', 'renewed']);
    stop.abort();
  });

  test('ends when the page does', async () => {
    const { done, stop } = start([() => Promise.reject(new Error('no'))]);
    await vi.advanceTimersByTimeAsync(10);
    stop.abort();
    await expect(done).resolves.toBeUndefined();
  });
});

test('a new subscription to changes refreshes everything that was missed', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  let turn = 0;
  void followChanges({
    changes: () => {
      turn += 1;
      if (turn > 2) return new Promise(() => undefined);
      return Promise.resolve(
        // eslint-disable-next-line @typescript-eslint/require-await -- a generator that only yields
        (async function* () {
          yield { topic: 'devices' as const };
        })(),
      );
    },
    subscribed: () => seen.push('all'),
    changed: (topic) => seen.push(topic),
    signal: stop.signal,
  });
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen).toEqual(['all', 'devices', 'all', 'devices']);
  stop.abort();
});
