import { describe, expect, test } from 'vitest';
import { freshness } from '../../../renderer/stores/freshness';

const heardAt = (receivedAtMs: number | null, contact: 'connecting' | 'live' | 'lost') => ({
  receivedAtMs,
  contact,
  listeningSinceMs: 0,
});

describe('what the station said last', () => {
  test('is fresh for ten seconds while contact holds', () => {
    expect(freshness(heardAt(1000, 'live'), 11_000)).toEqual({
      waiting: false,
      stale: false,
      ageMs: 10_000,
    });
    expect(freshness(heardAt(1000, 'live'), 11_001).stale).toBe(true);
  });

  test('is believed for only two seconds once contact is known to be lost', () => {
    expect(freshness(heardAt(1000, 'lost'), 3000).stale).toBe(false);
    expect(freshness(heardAt(1000, 'lost'), 3001).stale).toBe(true);
  });

  test('is not older than nothing when the ticker lags behind', () => {
    expect(freshness(heardAt(1500, 'live'), 1000).ageMs).toBe(0);
  });
});

test('a page that has heard nothing waits for eight seconds before it says so', () => {
  expect(freshness(heardAt(null, 'connecting'), 8000)).toEqual({
    waiting: true,
    stale: false,
    ageMs: 8000,
  });
  expect(freshness(heardAt(null, 'lost'), 8001).stale).toBe(true);
});
