import { expect, vi } from 'vitest';
import type { Gap } from '@shared/model/coverage';
import type { Recording } from '@shared/model/recording';
import { dayOf } from '@main/coverage/zoned-day';
import type { KeptRun } from './kept-sound';
import type { TestStation } from './test-station';

const MINUTE_MS = 60_000;

/** The gaps of a device as its coverage tells them, those of the days of these instants (UTC ms); default: today. */
export async function gapsOf(
  { client }: TestStation,
  device: string,
  instants: readonly number[] = [Date.now() - 10 * MINUTE_MS, Date.now()],
): Promise<Gap[]> {
  const { system } = await client.settings.get();
  const days = new Set(instants.map((at) => dayOf(system.timezone, at)));
  const gaps: Gap[] = [];
  for (const day of days) {
    const { devices } = await client.coverage.day({ day, device });
    gaps.push(...devices.flatMap((one) => one.gaps));
  }
  return gaps;
}

/**
 * The gaps behind the first sound of a device. Before it lies the moment that its very first capture took to begin,
 * which is told as a gap as well: it was on duty and did not record.
 */
export async function gapsSinceFirstSound(test: TestStation, device: string): Promise<Gap[]> {
  const [first] = await rowsOf(test, device);
  const gaps = await gapsOf(test, device);
  return gaps.filter(({ from }) => first !== undefined && from > first.time);
}

/** What the database has of a device, in the order of its sound; of one run where that is said. */
export async function rowsOf(
  { client }: TestStation,
  device: string,
  runId?: string,
): Promise<Recording[]> {
  const { items } = await client.recordings.list({ order: 'oldest_first', limit: 200 });
  return items
    .filter((row) => row.device === device && (runId === undefined || row.runId === runId))
    .sort((a, b) => a.time.localeCompare(b.time));
}

export function openAlerts({ station }: TestStation, device?: string): string[] {
  return (
    station.alerts
      .open()
      .filter(({ subject }) => device === undefined || subject === device)
      .map(({ code }) => code)
      // Said truly of a test machine that is too slow for a moment, and staged by tests of its own.
      .filter((code) => code !== 'recorder.losing_sound')
  );
}

/** Waits until an alert is open, and gives its evidence. */
export async function alertWhen(
  { station }: TestStation,
  code: string,
  timeoutMs = 20_000,
): Promise<string> {
  return vi.waitFor(
    () => {
      const found = station.alerts.open().find((alert) => alert.code === code);
      expect(found, code).toBeDefined();
      return found!.evidence;
    },
    { timeout: timeoutMs, interval: 25 },
  );
}

/** Each run is what was heard from its first moment on, with nothing missing in it and nothing twice. */
export function expectHeard(runs: readonly KeptRun[], heard: Buffer): void {
  for (const { audio, sequences, runId } of runs) {
    expect(sequences, runId).toEqual(sequences.map((_, i) => i));
    const times = Math.ceil(audio.length / heard.length);
    const looped = Buffer.concat(Array.from({ length: times }, () => heard));
    expect(audio.equals(looped.subarray(0, audio.length)), runId).toBe(true);
  }
}

/** UTC milliseconds at which the last sound of these rows ends. */
export function endOf(rows: readonly Recording[]): number {
  return Math.max(...rows.map(({ time, durationS }) => Date.parse(time) + durationS * 1000));
}

/** One hole between two runs, as long as it was and with one cause. */
export async function expectOneGap(
  test: TestStation,
  device: string,
  reason: Gap['reason'],
  [before, after]: readonly [string, string],
): Promise<void> {
  await vi.waitFor(
    async () => {
      const [first] = await rowsOf(test, device, after);
      const gaps = await gapsSinceFirstSound(test, device);
      expect(gaps.map((gap) => gap.reason)).toEqual([reason]);
      const fromMs = endOf(await rowsOf(test, device, before));
      expect(Math.abs(Date.parse(gaps[0]!.from) - fromMs)).toBeLessThanOrEqual(20);
      expect(Math.abs(Date.parse(gaps[0]!.to!) - Date.parse(first!.time))).toBeLessThanOrEqual(20);
    },
    { timeout: 20_000, interval: 100 },
  );
}
