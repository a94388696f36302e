import { expect, test, vi } from 'vitest';
import { ALERT_CODES, alertCure, alertKey } from '../../../renderer/app/alert-text';
import { atMostEvery } from '../../../renderer/app/at-most-every';

test('an alert of a newer station is shown by its name, and leads nowhere it should not', () => {
  expect(alertKey('recorder.busy')).toBe('recorder.busy');
  expect(alertKey('orbit.lost')).toBe('other');
  expect(alertCure('orbit.lost')).toBeNull();
  expect(alertCure('constructor.x')).toBeNull();
});

test('every alert that the console can help with leads to a page of it', () => {
  const paths = new Set(ALERT_CODES.map((code) => alertCure(code)?.path ?? 'none'));
  expect(alertCure('recorder.busy')?.path).toBe('/recorders');
  expect(alertCure('recorder.limit')?.path).toBe('/settings/general');
  expect(alertCure('schedule.position_missing')?.path).toBe('/settings/general');
  // A clock is set outside of the console.
  expect(alertCure('clock.unsynced')).toBeNull();
  for (const path of paths) {
    expect([
      'none',
      '/recorders',
      '/recordings',
      '/storage',
      '/cloud',
      '/storage',
      '/logs',
      '/settings/general',
      '/settings/credentials',
    ]).toContain(path);
  }
});

test('what is asked for often is done at once, then in turn, and never after the end', () => {
  vi.useFakeTimers();
  try {
    const ending = new AbortController();
    const task = vi.fn();
    const ask = atMostEvery(3_000, task, ending.signal);
    ask();
    expect(task).toHaveBeenCalledTimes(1);
    for (let count = 0; count < 50; count += 1) ask();
    expect(task).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(3_000);
    expect(task).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(30_000);
    expect(task).toHaveBeenCalledTimes(2);
    ask();
    expect(task).toHaveBeenCalledTimes(3);
    ask();
    ending.abort();
    vi.advanceTimersByTime(30_000);
    expect(task).toHaveBeenCalledTimes(3);
  } finally {
    vi.useRealTimers();
  }
});
