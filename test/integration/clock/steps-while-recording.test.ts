import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Recording } from '@shared/model/recording';
import { parseSegmentName } from '@main/files/segment-name';
import { readGuano } from '@main/wav/guano';
import { recordingFolder } from '../../support/captures';
import { SteppableClock } from '../../support/steppable-clock';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation, type TestStation } from '../../support/test-station';

const HOUR = 3_600_000;
const SEGMENT_S = 2;

async function recordings(station: TestStation): Promise<Recording[]> {
  const page = await station.client.recordings.list({ order: 'oldest_first', limit: 100 });
  return [...page.items].sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
}

async function untilRecorded(station: TestStation, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await recordings(station)).length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 45_000, interval: 200 },
  );
}

/** One after the other in one run, each of the very length, each where the one before it ended. */
function expectUnbroken(rows: readonly Recording[]): void {
  expect(new Set(rows.map(({ runId }) => runId)).size).toBe(1);
  expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_row, i) => i));
  for (const [i, row] of rows.entries()) {
    if (i < rows.length - 1) expect(row.durationS).toBe(SEGMENT_S);
    const before = rows[i - 1];
    if (before === undefined) continue;
    const joinMs = Date.parse(before.time) + before.durationS * 1000;
    expect(Math.abs(Date.parse(row.time) - joinMs)).toBeLessThanOrEqual(1);
  }
}

describe('a clock that is set while a capture runs', () => {
  it('cuts, stretches and reorders nothing', async () => {
    const clock = new SteppableClock();
    const runRoot = temporaryFolder();
    const station = await testStation({
      clock,
      runRoot,
      dataDir: recordingFolder(),
      simulate: 1,
      segmentDurationS: SEGMENT_S,
    });
    const steps: number[] = [];
    station.station.bus.on('clock.stepped', ({ stepMs }) => steps.push(Math.round(stepMs / 1000)));
    await station.station.start();
    await untilRecorded(station, 1);
    const startMs = Date.parse((await recordings(station))[0]!.time);
    for (const [n, ms] of [106_000, -HOUR, 30 * 24 * HOUR].entries()) {
      clock.step(ms);
      await untilRecorded(station, n + 2);
    }
    await untilRecorded(station, 5);
    await station.station.recorders.stop();
    await station.station.indexer.sweep();
    const rows = await recordings(station);
    expect(steps).toEqual([106, -3600, 30 * 24 * 3600]);
    expectUnbroken(rows);
    expect(Date.parse(rows[0]!.time)).toBe(startMs);
    const names = rows.map(({ raw }) => raw!.path.split('/').at(-1)!);
    expect([...names].sort()).toEqual(names);
  });

  it('corrects what was recorded before, and the capture goes on without a seam', async () => {
    const clock = new SteppableClock(-5 * HOUR);
    const runRoot = temporaryFolder();
    const marker = join(runRoot, 'systemd/timesync');
    mkdirSync(marker, { recursive: true });
    const station = await testStation({
      clock,
      runRoot,
      dataDir: recordingFolder(),
      simulate: 1,
      segmentDurationS: SEGMENT_S,
    });
    const startedMs = Date.now();
    await station.station.start();
    await untilRecorded(station, 2);
    expect((await recordings(station)).every(({ clockUnsynced }) => clockUnsynced)).toBe(true);
    expect((await station.client.station.snapshot()).station.clockSynced).toBe(false);
    clock.step(5 * HOUR);
    writeFileSync(join(marker, 'synchronized'), '');
    const soFar = (await recordings(station)).length;
    await untilRecorded(station, soFar + 2);
    await station.station.recorders.stop();
    await station.station.indexer.sweep();
    await vi.waitFor(
      async () => {
        const rows = await recordings(station);
        expect(rows.filter(({ clockUnsynced }) => clockUnsynced)).toEqual([]);
      },
      { timeout: 20_000, interval: 200 },
    );
    const rows = await recordings(station);
    expectUnbroken(rows);
    expect(rows[0]!.retimedAt).not.toBeNull();
    expect(rows.at(-1)!.retimedAt).toBeNull();
    expect(Date.parse(rows[0]!.time)).toBeGreaterThan(startedMs - 1_000);
    expect(Date.parse(rows.at(-1)!.time)).toBeLessThan(Date.now());
    for (const { raw, processed, time } of rows) {
      for (const path of [raw!.path, processed!.path]) {
        expect(existsSync(join(station.dataDir, path))).toBe(true);
        const name = parseSegmentName(path.split('/').at(-1)!)!;
        expect(Math.abs(name.startMs - Date.parse(time))).toBeLessThanOrEqual(1_000);
      }
      const guano = await readGuano(join(station.dataDir, raw!.path));
      expect(Date.parse(guano!.get('Timestamp')!)).toBe(Date.parse(time));
      expect(guano!.get('Silvasonic|Clock')).toBe('synchronised');
    }
    const folder = join(station.dataDir, 'recorder', rows[0]!.device, 'data/raw');
    expect(readdirSync(folder)).toHaveLength(rows.length);
  });
});
