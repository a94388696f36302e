import { describe, expect, it } from 'vitest';
import { RecentGrowth } from '@main/monitor/recent-growth';

describe('recent growth', () => {
  it('is none at first sight, whatever the counter stands at', () => {
    expect(new RecentGrowth(1000).observe('a', 7, 0)).toBe(0);
  });

  it('is what was added within the window', () => {
    const growth = new RecentGrowth(1000);
    growth.observe('a', 1, 0);
    expect(growth.observe('a', 3, 100)).toBe(2);
    expect(growth.observe('a', 4, 500)).toBe(3);
    expect(growth.observe('a', 4, 1099)).toBe(3);
    expect(growth.observe('a', 4, 1100)).toBe(1);
    expect(growth.observe('a', 4, 1500)).toBe(0);
  });

  it('goes on when a counter begins anew, as at the next run', () => {
    const growth = new RecentGrowth(1000);
    growth.observe('a', 5, 0);
    expect(growth.observe('a', 2, 10)).toBe(2);
    expect(growth.observe('a', 0, 20)).toBe(2);
  });

  it('holds nothing of counters that are no more', () => {
    const growth = new RecentGrowth(1000);
    growth.observe('a', 1, 0);
    growth.observe('a', 2, 0);
    growth.keepOnly(new Set(['b']));
    expect(growth.observe('a', 9, 1)).toBe(0);
  });
});
