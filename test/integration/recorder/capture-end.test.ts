import { describe, expect, it, vi } from 'vitest';
import { readJournal, rightBytes, type Session } from '../../bench/soak-accounts';
import { type FakeMicrophone, fakeMicrophone } from '../../support/fake-microphone';
import { type KeptRun, keptRuns } from '../../support/kept-sound';
import { profileOf } from '../../support/profile';
import { testStation, type TestStation } from '../../support/test-station';

/** The shortest period of the fake microphone: 256 bytes of 16 bit, mono. ffmpeg reads whole ones. */
const PERIOD = 128;
/** Packets that wait between ffmpeg's reading and its filtering, at most. */
const QUEUE = 1024;
const PULLS = 3;

/** Two seconds in which no stretch looks like another one. */
function noise(rate: number): Buffer {
  const samples = Buffer.alloc(rate * 4);
  let state = rate;
  for (let at = 0; at < samples.length; at += 2) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples.writeInt16LE((state >>> 18) - 8_192, at);
  }
  return samples;
}

async function recordWith(microphone: FakeMicrophone, rate: number) {
  const test = await testStation();
  await test.station.start();
  await test.client.profiles.create(
    profileOf('short', { audio: { sample_rate: rate }, stream: { live_stream_enabled: true } }),
  );
  const { name } = await test.client.devices.addAlsa({
    pcm: microphone.pcm,
    profileSlug: 'short',
  });
  return { test, name };
}

async function recordsASegment(test: TestStation, name: string): Promise<void> {
  await vi.waitFor(
    () => {
      expect(test.recorder(name)).toMatchObject({ state: 'recording' });
      expect(test.recorder(name).segmentsPromoted).toBeGreaterThanOrEqual(1);
    },
    { timeout: 20_000, interval: 50 },
  );
}

function expectSound(runs: readonly KeptRun[], heard: Buffer): void {
  for (const { audio, sequences } of runs) {
    expect(sequences).toEqual(sequences.map((_, i) => i));
    expect(rightBytes(audio, heard, 0)).toBe(audio.length);
  }
}

/** Frames in recordings, beside what the microphone says that the reader took. */
function framesOf(runs: readonly KeptRun[]): number[] {
  return runs.map(({ audio }) => audio.length / 2);
}

function endedReaders(microphone: FakeMicrophone): Session[] {
  const sessions = readJournal(microphone.journal());
  // A reader that was too slow says nothing about ends.
  expect(sessions.map(({ missed }) => missed)).toEqual(sessions.map(() => 0));
  return sessions;
}

describe('the end of a capture', () => {
  it.each([48_000, 384_000])(
    'leaves every frame that was taken at %i Hz in a recording, each time that the microphone is pulled out',
    async (rate) => {
      const heard = noise(rate);
      const microphone = fakeMicrophone({ rate, channels: 1, format: 'S16_LE', samples: heard });
      const { test, name } = await recordWith(microphone, rate);
      for (let pull = 1; pull <= PULLS; pull += 1) {
        await recordsASegment(test, name);
        microphone.unplug();
        await vi.waitFor(
          async () => {
            expect(test.recorder(name)).toMatchObject({ state: 'waiting' });
            expect(await keptRuns(test.dataDir, name)).toHaveLength(pull);
          },
          { timeout: 20_000, interval: 50 },
        );
        if (pull < PULLS) microphone.plugIn();
      }
      const taken = endedReaders(microphone).map(({ given }) => given);
      const runs = await keptRuns(test.dataDir, name);
      expect(taken).toHaveLength(PULLS);
      expectSound(runs, heard);
      // ffmpeg throws away a period that was not full yet (its ALSA input, at any error).
      expect(framesOf(runs)).toEqual(taken.map((frames) => frames - (frames % PERIOD)));
    },
    60_000,
  );

  it('costs no more than what waits in its queue and in one packet when it is asked for', async () => {
    const rate = 192_000;
    const packet = rate / 50;
    const heard = noise(rate);
    const microphone = fakeMicrophone({ rate, channels: 1, format: 'S16_LE', samples: heard });
    const { test, name } = await recordWith(microphone, rate);
    await recordsASegment(test, name);
    await test.station.recorders.stop();
    const [session] = endedReaders(microphone);
    const runs = await keptRuns(test.dataDir, name);
    expectSound(runs, heard);
    const [frames = 0] = framesOf(runs);
    expect(frames % packet).toBe(0);
    expect(session!.given - frames).toBeGreaterThanOrEqual(0);
    expect(session!.given - frames).toBeLessThan(QUEUE * PERIOD + 2 * packet);
  });
});
