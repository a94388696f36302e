import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { SoundLost } from '@main/events/run-events';
import { recordingFolder } from '../../support/captures';
import { fakeMicrophone } from '../../support/fake-microphone';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { profileOf } from '../../support/profile';
import { SHORT_RATE, statusWhen } from '../../support/short-recorder';
import { testStation } from '../../support/test-station';

it.each([{ afterS: 4 }, { afterS: 13 }])(
  'a microphone that brings nothing for three seconds, $afterS s into a run that goes on, has lost three seconds: counted, told as a gap, and what follows is as much later',
  async ({ afterS }) => {
    const samples = knownSignal(SHORT_RATE, 2);
    const microphone = fakeMicrophone({
      ...{ rate: SHORT_RATE, channels: 1, format: 'S16_LE' },
      samples,
    });
    const test = await testStation({ dataDir: recordingFolder() });
    await test.client.settings.set({ key: 'system.timezone', value: 'UTC' });
    await test.station.start();
    const lost: SoundLost[] = [];
    test.station.bus.on('sound.lost', (loss) => lost.push(loss));
    await test.client.profiles.create(profileOf('short'));
    const { name } = await test.client.devices.addAlsa({
      pcm: microphone.pcm,
      profileSlug: 'short',
    });
    const { runId } = await statusWhen(test, name, { state: 'recording' });
    await delay(afterS * 1000);
    microphone.stall();
    const stalledMs = performance.now();
    const stalledWallMs = Date.now();
    await delay(3_000);
    microphone.goOn();
    const silentS = (performance.now() - stalledMs) / 1000;
    const toleranceS = Math.max(0.02, silentS * 0.01);
    await vi.waitFor(
      () => {
        expect(lost).toHaveLength(1);
      },
      { timeout: 40_000, interval: 50 },
    );
    expect(Math.abs(lost[0]!.lostS - silentS)).toBeLessThan(toleranceS);
    expect(lost[0]).toMatchObject({ device: name, runId, reason: 'lost' });
    // It is told between two segments: the first that knows of it comes when it has become certain.
    expect(lost[0]!.fromWallMs).toBeGreaterThan(stalledWallMs - 1_000);
    expect(lost[0]!.fromWallMs).toBeLessThan(stalledWallMs + 15_000);
    const status = test.recorder(name);
    expect(status).toMatchObject({ state: 'recording', runId, restarts: 0 });
    expect(status.lostS).toBeCloseTo(lost[0]!.lostS, 6);
    // A segment that is promoted from now on knows of it.
    const promotedBefore = status.segmentsPromoted;
    await vi.waitFor(
      () => {
        expect(test.recorder(name).segmentsPromoted).toBeGreaterThan(promotedBefore);
      },
      { timeout: 10_000, interval: 50 },
    );
    const day = new Date(lost[0]!.fromWallMs).toISOString().slice(0, 10);
    await vi.waitFor(async () => {
      const { devices } = await test.client.coverage.day({ day, device: name });
      const gaps = devices[0]!.gaps.filter(({ reason }) => reason === 'lost');
      const seconds = gaps.reduce((sum, gap) => sum + gap.seconds, 0);
      expect(Math.abs(seconds - silentS)).toBeLessThan(toleranceS + 0.02);
    });
    await test.station.stop();

    // Not a sample of what came is missing or doubled.
    const runs = await keptRuns(test.dataDir, name);
    expect(runs).toHaveLength(1);
    const { audio } = runs[0]!;
    const times = Math.ceil(audio.length / samples.length);
    const heard = Buffer.concat(Array.from({ length: times }, () => samples));
    expect(audio.equals(heard.subarray(0, audio.length))).toBe(true);
    // And the last segment begins when its first sample was heard: frames and loss make up its time.
    const again = await testStation({ dataDir: test.dataDir });
    const { items } = await again.client.recordings.list({ order: 'oldest_first', limit: 500 });
    const [first, last] = [items[0]!, items.at(-1)!];
    const elapsedS = (Date.parse(last.time) - Date.parse(first.time)) / 1000;
    expect(Math.abs(elapsedS - last.sequence! - silentS)).toBeLessThan(toleranceS);
  },
);
