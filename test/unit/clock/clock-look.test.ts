import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '@main/clock/clock';
import { compareLooks, readUptimeMs, takeLook } from '@main/clock/clock-look';
import { systemClock } from '@main/clock/system-clock';
import { temporaryFolder } from '../../support/temporary-folder';

const before = { wallMs: 1_700_000_000_000, monotonicMs: 5_000, uptimeMs: 5_000 };
const after = (wall: number, monotonic: number, uptime: number | null = monotonic) => ({
  wallMs: before.wallMs + wall,
  monotonicMs: before.monotonicMs + monotonic,
  uptimeMs: uptime === null ? null : before.uptimeMs + uptime,
});

describe('two looks at the clocks', () => {
  it.each([
    ['nothing', after(1_000, 1_000), { stepMs: 0, suspendMs: 0 }],
    ['a second forward', after(2_000, 1_000), { stepMs: 1_000, suspendMs: 0 }],
    ['an hour back', after(-3_599_000, 1_000), { stepMs: -3_600_000, suspendMs: 0 }],
    ['a late look', after(61_000, 61_000), { stepMs: 0, suspendMs: 0 }],
    ['jitter', after(1_200, 1_000), { stepMs: 0, suspendMs: 0 }],
    ['slewing through an hour', after(3_601_700, 3_600_000), { stepMs: 0, suspendMs: 0 }],
    ['more than slewing', after(3_602_100, 3_600_000), { stepMs: 2_100, suspendMs: 0 }],
    [
      'a night suspended',
      after(28_801_000, 1_000, 28_801_000),
      { stepMs: 0, suspendMs: 28_800_000 },
    ],
    [
      'set while suspended',
      after(28_806_000, 1_000, 28_801_000),
      { stepMs: 5_000, suspendMs: 28_800_000 },
    ],
    [
      'a jump where nothing tells of suspends',
      after(11_000, 1_000, null),
      { stepMs: 10_000, suspendMs: 0 },
    ],
    ['an uptime that runs slow', after(1_000, 1_000, 400), { stepMs: 0, suspendMs: 0 }],
  ])('tell %s', (_case, now, change) => {
    expect(compareLooks(before, now)).toEqual(change);
  });

  it('find every step that is not slewing, and no other, whatever else happened', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 600_000 }),
        fc.integer({ min: -500, max: 500 }),
        fc.constantFrom(0, 0, 5_000, 86_400_000),
        fc.constantFrom(0, 0, 900, -900, 3_600_000, -86_400_000),
        (elapsed, ppm, suspend, step) => {
          const wall = elapsed * (1 + ppm * 1e-6) + suspend + step;
          const change = compareLooks(before, after(wall, elapsed, elapsed + suspend));
          expect(change.suspendMs).toBe(suspend);
          expect(Math.abs(change.stepMs - step)).toBeLessThanOrEqual(elapsed * 500e-6 + 1e-3);
          expect(change.stepMs === 0).toBe(step === 0);
        },
      ),
    );
  });

  it('are not misled when the process was stopped between two readings', () => {
    let interrupted = true;
    let nowMs = 1_000;
    const clock: Clock = {
      monotonicMs: () => nowMs,
      wallMs: () => {
        if (interrupted) nowMs += 90_000;
        interrupted = false;
        return nowMs + 1e12;
      },
      sleep: () => Promise.resolve(true),
    };
    const look = takeLook(clock, () => null);
    expect(look.wallMs - look.monotonicMs).toBe(1e12);
  });
});

describe('the time since boot', () => {
  it('is read from the system, and is no shorter than its monotonic time', () => {
    const uptime = readUptimeMs();
    if (uptime === null) throw new Error('this machine tells no uptime');
    expect(Math.abs(uptime - systemClock.monotonicMs())).toBeLessThan(1e12);
  });

  it('is not known where it cannot be read', () => {
    const proc = temporaryFolder();
    expect(readUptimeMs(proc)).toBeNull();
    writeFileSync(join(proc, 'uptime'), 'nonsense');
    expect(readUptimeMs(proc)).toBeNull();
    writeFileSync(join(proc, 'uptime'), '17303.89 21433.14\n');
    expect(readUptimeMs(proc)).toBe(17_303_890);
  });
});
