import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readClockSync } from '@main/clock/clock-sync';
import { systemClock } from '@main/clock/system-clock';
import { temporaryFolder } from '../../support/temporary-folder';

describe('the system clock', () => {
  it('has one monotonic time for all processes of a boot', () => {
    const before = systemClock.monotonicMs();
    const program = 'console.log(Number(process.hrtime.bigint()) / 1e6)';
    const elsewhere = Number(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
    const after = systemClock.monotonicMs();
    expect(elsewhere).toBeGreaterThan(before);
    expect(elsewhere).toBeLessThan(after);
  });

  it('sleeps no shorter than asked, and says that it slept', async () => {
    const before = systemClock.monotonicMs();
    expect(await systemClock.sleep(20)).toBe(true);
    expect(systemClock.monotonicMs() - before).toBeGreaterThanOrEqual(19);
  });

  it('says that its sleep was broken off', async () => {
    const abort = new AbortController();
    const sleep = systemClock.sleep(60_000, abort.signal);
    abort.abort();
    expect(await sleep).toBe(false);
    expect(await systemClock.sleep(60_000, abort.signal)).toBe(false);
  });
});

describe('whether the clock is set by the net', () => {
  it('is not known where nothing tells', () => {
    expect(readClockSync(temporaryFolder(), Date.now()).synced).toBeNull();
  });

  it('is told by the mark of systemd-timesyncd', () => {
    const run = temporaryFolder();
    mkdirSync(join(run, 'systemd/timesync'), { recursive: true });
    expect(readClockSync(run, Date.now()).synced).toBe(false);
    writeFileSync(join(run, 'systemd/timesync/synchronized'), '');
    expect(readClockSync(run, Date.now()).synced).toBe(true);
  });

  it.each([
    [23, true],
    [25, false],
    [-23, true],
    [-25, false],
  ])('holds for a day: a mark that is %i hours old', (hours, synced) => {
    const run = temporaryFolder();
    const marker = join(run, 'systemd/timesync/synchronized');
    mkdirSync(join(run, 'systemd/timesync'), { recursive: true });
    writeFileSync(marker, '');
    const touchedS = Date.UTC(2026, 4, 1) / 1000;
    utimesSync(marker, touchedS, touchedS);
    expect(readClockSync(run, (touchedS + hours * 3600) * 1000)).toEqual({
      synced,
      source: 'timesyncd',
      lastSyncedMs: touchedS * 1000,
    });
  });
});
