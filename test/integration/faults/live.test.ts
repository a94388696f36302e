import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { recordingFolder } from '../../support/captures';
import { keptRuns } from '../../support/kept-sound';
import { knownSignal } from '../../support/known-signal';
import { profileOf } from '../../support/profile';
import { overPort, overSocket } from '../../support/rpc-connections';
import { segmentsKept } from '../../support/short-recorder';
import { testStation } from '../../support/test-station';

const RATE = 192_000;
const LISTEN_MS = 4_000;

it('five readers listen to a microphone, one of them takes one level and never another: the four others get ten a second, and the recording is whole to the sample', async () => {
  const test = await testStation({ dataDir: recordingFolder() });
  await test.station.start();
  const stream = { live_stream_enabled: true };
  await test.client.profiles.create(profileOf('bat', { audio: { sample_rate: RATE }, stream }));
  const { name: device } = await test.client.devices.addSimulated({ profileSlug: 'bat' });
  await segmentsKept(test, device, 1);
  const { runId } = test.recorder(device);

  const leaving = new AbortController();
  onTestFinished(() => {
    leaving.abort();
  });
  // Two as pages are connected, three as other programs are.
  const connections = [
    ...[1, 2].map(() => overPort(test.station)),
    ...[1, 2, 3].map(() => overSocket(`${test.dataDir}/console.sock`)),
  ];
  const readers = await Promise.all(
    connections.map(({ client }) => client.recorders.levels({ device }, leaving)),
  );
  const [stalled, ...others] = readers;
  await stalled!.next();
  const counts = await Promise.all(
    others.map(async (levels) => {
      await levels.next();
      let count = 0;
      const endMs = performance.now() + LISTEN_MS;
      while (performance.now() < endMs) {
        const { value } = await levels.next();
        expect(value).toMatchObject({ device });
        count += 1;
      }
      return count;
    }),
  );
  for (const count of counts) expect(count / (LISTEN_MS / 1000)).toBeGreaterThanOrEqual(9);
  // The one that hangs is not waited for when all is stopped, either.
  leaving.abort();
  await delay(100);
  const { state, restarts, runId: now } = test.recorder(device);
  expect({ state, restarts, now }).toEqual({ state: 'recording', restarts: 0, now: runId });
  await test.station.stop();

  const runs = await keptRuns(test.dataDir, device);
  expect(runs).toHaveLength(1);
  const [{ audio, sequences }] = runs as [(typeof runs)[0]];
  expect(sequences).toEqual(sequences.map((_, i) => i));
  expect(audio.length).toBeGreaterThan((LISTEN_MS / 1000) * RATE * 2);
  const played = knownSignal(RATE, Math.ceil(audio.length / 2 / RATE));
  expect(audio.equals(played.subarray(0, audio.length))).toBe(true);
});
