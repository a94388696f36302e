import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Recording } from '@shared/model/recording';
import { parseSegmentName } from '@main/files/segment-name';
import { readGuano } from '@main/wav/guano';
import { recordingFolder } from '../../support/captures';
import { fakeMicrophone, type FakeMicrophone } from '../../support/fake-microphone';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { expectHeard, rowsOf } from '../../support/operator-view';
import { profileOf } from '../../support/profile';
import { SettableClock } from '../../support/settable-clock';
import { segmentsKept, SHORT_RATE, statusWhen } from '../../support/short-recorder';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation, type TestStation } from '../../support/test-station';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Listening {
  readonly test: TestStation;
  /** What the microphone is called here. */
  readonly device: string;
}

/** A microphone whose sound is stamped by the machine's clock, as ALSA does it. */
function stampedMicrophone(): FakeMicrophone & { readonly heard: Buffer } {
  const heard = knownSignal(SHORT_RATE, 2);
  const parts = { rate: SHORT_RATE, channels: 1, format: 'S16_LE' } as const;
  return { ...fakeMicrophone({ ...parts, samples: heard }), heard };
}

async function listeningTo(
  microphone: FakeMicrophone,
  options: Parameters<typeof testStation>[0],
): Promise<Listening> {
  const test = await testStation(options);
  await test.client.settings.set({ key: 'system.timezone', value: 'UTC' });
  await test.station.start();
  await test.client.profiles.create(profileOf('short'));
  const { name } = await test.client.devices.addAlsa({
    pcm: microphone.pcm,
    profileSlug: 'short',
  });
  return { test, device: name };
}

/** One run, whole to the sample, in segments of exactly a second that follow each other in name, row and metadata. */
async function expectUnbroken({ test, device }: Listening, heard: Buffer): Promise<Recording[]> {
  for (const stream of ['raw', 'processed'] as const) {
    const runs = await keptRuns(test.dataDir, device, stream);
    expect(runs).toHaveLength(1);
    expectHeard(runs, heard);
    const { starts } = runs[0]!;
    expect(starts.map((at) => at - starts[0]!)).toEqual(starts.map((_, i) => i * 1_000));
  }
  const rows = await rowsOf(test, device);
  expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, i) => i));
  for (const [i, row] of rows.entries()) {
    if (i < rows.length - 1) expect(row.durationS).toBe(1);
    expect(Math.abs(Date.parse(row.time) - Date.parse(rows[0]!.time) - i * 1_000)).toBeLessThan(2);
    const path = join(test.dataDir, row.raw!.path);
    const named = parseSegmentName(basename(path))!.startMs;
    expect(named).toBe(Math.floor(Date.parse(row.time) / 1000) * 1000);
    expect(Date.parse((await readGuano(path))!.get('Timestamp')!)).toBe(Date.parse(row.time));
  }
  return rows;
}

async function end({ test }: Listening): Promise<void> {
  await test.station.recorders.stop();
  await test.station.indexer.sweep();
}

describe('a clock that is set while a microphone is recorded', () => {
  it('forward by minutes, back by an hour, forward by a month: cuts, stretches, renames and reorders nothing', async () => {
    const clock = new SettableClock();
    const microphone = stampedMicrophone();
    const listening = await listeningTo(microphone, { clock, dataDir: recordingFolder() });
    const { test, device } = listening;
    const steps: number[] = [];
    test.station.bus.on('clock.stepped', ({ stepMs }) => steps.push(Math.round(stepMs / 1000)));
    await segmentsKept(test, device, 1);
    for (const ms of [106_000, -HOUR, 30 * DAY]) {
      const { segmentsPromoted } = test.recorder(device);
      clock.step(ms);
      // In the middle of a segment, and at the next seam.
      await segmentsKept(test, device, segmentsPromoted + 1);
      await vi.waitFor(() => {
        expect(steps.at(-1)).toBe(ms / 1000);
      }, 20_000);
    }
    await segmentsKept(test, device, test.recorder(device).segmentsPromoted + 1);
    expect(test.recorder(device)).toMatchObject({ restarts: 0, lostS: 0 });
    await end(listening);
    await expectUnbroken(listening, microphone.heard);
  });

  it('in the moment before its first sample: it is dated by the clock that started it, not by the one that was set', async () => {
    const clock = new SettableClock();
    const microphone = stampedMicrophone();
    const before = clock.wallMs();
    const listening = await listeningTo(microphone, { clock, dataDir: recordingFolder() });
    const { test, device } = listening;
    await vi.waitFor(
      () => {
        expect(test.recorder(device).runId).not.toBeNull();
      },
      { timeout: 20_000, interval: 1 },
    );
    const startedBy = clock.wallMs();
    clock.step(HOUR);
    await segmentsKept(test, device, 3);
    await end(listening);
    const [first] = await expectUnbroken(listening, microphone.heard);
    expect(Date.parse(first!.time)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(first!.time)).toBeLessThan(startedBy + 2_000);
  });
});

describe('a station that boots without network time', () => {
  it('marks what it records, also under the next console, and dates all of it right once the time comes: rows, names and metadata', async () => {
    const clock = new SettableClock(-5 * HOUR);
    const runRoot = temporaryFolder();
    mkdirSync(join(runRoot, 'systemd/timesync'), { recursive: true });
    const dataDir = recordingFolder();
    const microphone = stampedMicrophone();
    const trueStartMs = Date.now();
    const first = await listeningTo(microphone, { clock, runRoot, dataDir });
    const { device } = first;
    await segmentsKept(first.test, device, 2);
    const trueByMs = Date.now();
    await first.test.station.stop('hand_over');

    const test = await testStation({ clock, runRoot, dataDir });
    await test.station.start();
    await statusWhen(test, device, { state: 'recording', adopted: true });
    await segmentsKept(test, device, 1);
    await vi.waitFor(async () => {
      const rows = await rowsOf(test, device);
      expect(rows.length).toBeGreaterThanOrEqual(2);
      for (const row of rows) {
        expect(row.clockUnsynced).toBe(true);
        expect(Date.parse(row.time)).toBeLessThan(trueStartMs - 4 * HOUR);
      }
    }, 20_000);
    clock.step(5 * HOUR);
    writeFileSync(join(runRoot, 'systemd/timesync/synchronized'), '');
    await segmentsKept(test, device, test.recorder(device).segmentsPromoted + 2);
    await end({ test, device });
    await vi.waitFor(
      async () => {
        const rows = await rowsOf(test, device);
        expect(rows.filter(({ clockUnsynced }) => clockUnsynced)).toEqual([]);
      },
      { timeout: 20_000, interval: 50 },
    );
    const rows = await expectUnbroken({ test, device }, microphone.heard);
    expect(Date.parse(rows[0]!.time)).toBeGreaterThanOrEqual(trueStartMs);
    expect(Date.parse(rows[0]!.time)).toBeLessThan(trueByMs - 1_900);
    expect(rows[0]!.retimedAt).not.toBeNull();
    expect(rows.at(-1)!.retimedAt).toBeNull();
    for (const { raw } of rows) {
      const guano = await readGuano(join(dataDir, raw!.path));
      expect(guano!.get('Silvasonic|Clock')).toBe('synchronised');
    }
  });
});

describe('a machine that was suspended', () => {
  it('is not taken for one whose clock was set', async () => {
    const clock = new SettableClock();
    let suspendedMs = 0;
    const microphone = stampedMicrophone();
    const listening = await listeningTo(microphone, {
      clock,
      uptimeMs: () => clock.monotonicMs() + suspendedMs,
      dataDir: recordingFolder(),
    });
    const { test, device } = listening;
    const steps: number[] = [];
    test.station.bus.on('clock.stepped', ({ stepMs }) => steps.push(stepMs));
    await segmentsKept(test, device, 1);
    suspendedMs = 8 * HOUR;
    clock.step(8 * HOUR);
    await segmentsKept(test, device, test.recorder(device).segmentsPromoted + 2);
    const clockStatus = test.station.clock.facts();
    expect(clockStatus).toMatchObject({ steps: 0, lastStep: null });
    const log = await test.client.logs.tail({ limit: 2_000 });
    expect(log.map(({ event }) => event)).toContain('clock.suspended');
    expect(steps).toEqual([]);
    await end(listening);
    await expectUnbroken(listening, microphone.heard);
  });
});
