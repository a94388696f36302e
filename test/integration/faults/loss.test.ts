import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { SoundLost } from '@main/events/run-events';
import { recordingFolder } from '../../support/captures';
import { fakeMicrophone } from '../../support/fake-microphone';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { gapsOf, rowsOf } from '../../support/operator-view';
import { profileOf } from '../../support/profile';
import { segmentsKept, SHORT_RATE, statusWhen } from '../../support/short-recorder';
import { testStation } from '../../support/test-station';

/** So long a loss that nothing announced may stay untold. */
const TOLD_MS = 60_000;
const SEGMENT_MS = 1_000;

it('a microphone that twice brings nothing for some seconds, early in a run that goes on and later in it, has lost so much: counted, told as gaps, and what follows is as much later', async () => {
  const samples = knownSignal(SHORT_RATE, 2);
  const microphone = fakeMicrophone({
    ...{ rate: SHORT_RATE, channels: 1, format: 'S16_LE' },
    samples,
  });
  const test = await testStation({ dataDir: recordingFolder() });
  await test.station.start();
  const lost: SoundLost[] = [];
  test.station.bus.on('sound.lost', (loss) => lost.push(loss));
  await test.client.profiles.create(profileOf('short'));
  const { name } = await test.client.devices.addAlsa({
    pcm: microphone.pcm,
    profileSlug: 'short',
  });
  const { runId } = await statusWhen(test, name, { state: 'recording' });

  let silentS = 0;
  let toleranceS = 0;
  // Before the meter knows what is usual of this microphone, and when it does.
  for (const [i, staged] of [
    { afterMs: 4_000, forMs: 3_000 },
    { afterMs: 1_000, forMs: 2_000 },
  ].entries()) {
    await delay(staged.afterMs);
    microphone.stall();
    const stalledMs = performance.now();
    const stalledWallMs = Date.now();
    await delay(staged.forMs);
    microphone.goOn();
    const thisS = (performance.now() - stalledMs) / 1000;
    await vi.waitFor(
      () => {
        expect(lost).toHaveLength(i + 1);
      },
      { timeout: TOLD_MS, interval: 50 },
    );
    const { lostS, fromWallMs } = lost[i]!;
    const withinS = Math.max(0.02, thisS * 0.01);
    expect(Math.abs(lostS - thisS)).toBeLessThan(withinS);
    expect(lost[i]).toMatchObject({ device: name, runId, reason: 'lost' });
    // It is told between two segments: the first that knows of it comes when it has become certain.
    expect(fromWallMs).toBeGreaterThan(stalledWallMs - SEGMENT_MS);
    expect(fromWallMs).toBeLessThan(Date.now() + 2 * SEGMENT_MS);
    silentS += thisS;
    toleranceS += withinS;
  }
  const status = test.recorder(name);
  expect(status).toMatchObject({ state: 'recording', runId, restarts: 0 });
  expect(status.lostS).toBeCloseTo(lost[0]!.lostS + lost[1]!.lostS, 6);
  // Segments that are promoted from now on know of it.
  await segmentsKept(test, name, status.segmentsPromoted + 2, 10_000);
  await vi.waitFor(async () => {
    const gaps = (await gapsOf(test, name)).filter(({ reason }) => reason === 'lost');
    const seconds = gaps.reduce((sum, gap) => sum + gap.seconds, 0);
    expect(gaps).toHaveLength(2);
    expect(Math.abs(seconds - silentS)).toBeLessThan(toleranceS + 0.04);
  }, 20_000);
  // Their first sample was heard when they say: frames and loss make up their time.
  const rows = await rowsOf(test, name);
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const elapsedS = (Date.parse(last.time) - Date.parse(first.time)) / 1000;
  expect(Math.abs(elapsedS - last.sequence! - silentS)).toBeLessThan(toleranceS);
  await test.station.stop();

  // Not a sample of what came is missing or doubled.
  const runs = await keptRuns(test.dataDir, name);
  expect(runs).toHaveLength(1);
  const { audio } = runs[0]!;
  const times = Math.ceil(audio.length / samples.length);
  const heard = Buffer.concat(Array.from({ length: times }, () => samples));
  expect(audio.equals(heard.subarray(0, audio.length))).toBe(true);
}, 150_000);
