import { describe, expect, it } from 'vitest';
import { ReloadPolicy } from '../../../electron/reload-policy';

describe('a page that falls over', () => {
  it('is loaded again after half a second, then twice as long each time up to half a minute', () => {
    const policy = new ReloadPolicy();
    const delays = Array.from({ length: 9 }, (_, at) => policy.failed(at * 1000).delayMs);
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is not forgiven for loading only briefly', () => {
    const policy = new ReloadPolicy();
    policy.failed(0);
    policy.loaded(1000);
    expect(policy.failed(60_999)).toEqual({ delayMs: 1000, attempt: 2 });
  });

  it('starts from the beginning after a healthy minute', () => {
    const policy = new ReloadPolicy();
    policy.failed(0);
    policy.failed(1000);
    policy.loaded(2000);
    expect(policy.failed(62_000)).toEqual({ delayMs: 500, attempt: 1 });
  });

  it('needs a new healthy minute for each new beginning', () => {
    const policy = new ReloadPolicy();
    policy.loaded(0);
    policy.failed(60_000);
    expect(policy.failed(200_000)).toEqual({ delayMs: 1000, attempt: 2 });
  });

  it('still waits half a minute after years of failing', () => {
    const policy = new ReloadPolicy();
    for (let count = 0; count < 5000; count += 1) policy.failed(count);
    expect(policy.failed(1e9).delayMs).toBe(30_000);
  });
});
