import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { fakeMicrophone } from '../../support/fake-microphone';
import { fakeMachine } from '../../support/file-tree';
import { profileOf } from '../../support/profile';
import { testStation, type TestStation } from '../../support/test-station';
import { readSamples } from '../../support/wav-samples';

/** Noise that no two places have in common, so that a shift of one frame shows. */
function noise(bytes: number, seed: string): Buffer {
  const blocks: Buffer[] = [];
  for (let n = 0; n * 64 < bytes; n += 1) {
    blocks.push(
      createHash('sha512')
        .update(`${seed}${String(n)}`)
        .digest(),
    );
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** What a microphone that hears these samples over and over has said after so many bytes. */
function looped(samples: Buffer, length: number): Buffer {
  const times = Math.ceil(length / samples.length);
  return Buffer.concat(Array.from({ length: times }, () => samples)).subarray(0, length);
}

async function recordUntil(test: TestStation, device: string, segments: number): Promise<void> {
  await vi.waitFor(
    () => {
      expect(test.recorder(device).segmentsPromoted).toBeGreaterThanOrEqual(segments);
    },
    { timeout: 20_000, interval: 100 },
  );
}

async function rawAudio({ client, dataDir }: TestStation): Promise<Buffer> {
  const { items } = await client.recordings.list({ order: 'oldest_first' });
  const parts = await Promise.all(items.map((item) => readSamples(join(dataDir, item.raw!.path))));
  return Buffer.concat(parts.map((part) => part.audio));
}

describe('an ALSA microphone', () => {
  it.each([
    { rate: 384_000, channels: 1, alsa: 'S16_LE', format: 'S16LE', bytes: 2 },
    { rate: 48_000, channels: 2, alsa: 'S16_LE', format: 'S16LE', bytes: 2 },
    { rate: 192_000, channels: 1, alsa: 'S24_3LE', format: 'S24LE', bytes: 3 },
    { rate: 96_000, channels: 1, alsa: 'S32_LE', format: 'S32LE', bytes: 4 },
  ] as const)(
    'is recorded bit for bit at $rate Hz, $channels channel(s), $format',
    async ({ rate, channels, alsa, format, bytes }) => {
      const samples = noise(rate * channels * bytes * 2, String(rate));
      const microphone = fakeMicrophone({ rate, channels, format: alsa, samples });
      const test = await testStation();
      await test.station.start();
      await test.client.profiles.create(
        profileOf('fake', { audio: { sample_rate: rate, channels, format } }),
      );
      const before = Date.now();
      const { name } = await test.client.devices.addAlsa({
        pcm: microphone.pcm,
        profileSlug: 'fake',
      });
      await recordUntil(test, name, 3);
      await test.station.recorders.stop();
      await test.station.indexer.sweep();
      const recorded = await rawAudio(test);
      expect(recorded.length).toBeGreaterThanOrEqual(3 * rate * channels * bytes);
      expect(recorded.equals(looped(samples, recorded.length))).toBe(true);

      const { items } = await test.client.recordings.list({ order: 'oldest_first' });
      // The time of the first sample comes from the input, not from when we looked.
      const start = Date.parse(items[0]!.time);
      expect(start).toBeGreaterThanOrEqual(before - 1);
      expect(start).toBeLessThanOrEqual(before + 3000);
      expect(items[0]!.simulated).toBe(false);
    },
  );

  it.each([
    { what: 'stereo', rate: 48_000, channels: 2, alsa: 'S16_LE', format: 'S16LE', bytes: 2 },
    { what: '44.1 kHz', rate: 44_100, channels: 1, alsa: 'S16_LE', format: 'S16LE', bytes: 2 },
    { what: '24 bit', rate: 48_000, channels: 1, alsa: 'S24_3LE', format: 'S24LE', bytes: 3 },
    {
      what: 'ten channels of 32 bit at 96 kHz',
      rate: 96_000,
      channels: 10,
      alsa: 'S32_LE',
      format: 'S32LE',
      bytes: 4,
    },
  ] as const)(
    'that nobody knows and that offers only $what records at once, as it is',
    async ({ rate, channels, alsa, format, bytes }) => {
      const samples = noise(rate * channels * bytes * 2, alsa + String(rate));
      fakeMicrophone({ rate, channels, format: alsa, samples, asHardware: true });
      const machine = fakeMachine('pi4-onboard');
      machine.add(`proc/asound/card2/stream0:
| USB PnP Audio Device at usb-0000:01:00.0-1.4, full speed : USB Audio
| 
| Capture:
|   Status: Stop
|   Interface 2
|     Altset 1
|     Format: ${alsa}
|     Channels: ${String(channels)}
|     Endpoint: 0x82 (2 IN) (ASYNC)
|     Rates: ${String(rate)}`);
      const test = await testStation({ hardwareRoots: machine });
      await test.station.start();
      const name = '0d8c-0014-port1-1.4';
      const { profile } = (await test.client.profiles.list()).find(
        (entry) => entry.profile.slug === 'generic_usb',
      )!;
      expect(profile.audio).toMatchObject({ sample_rate: 48_000, channels: 1, format: 'S16LE' });
      await vi.waitFor(
        () => {
          expect(test.recorder(name)).toMatchObject({
            state: 'recording',
            profileSlug: 'generic_usb',
            sampleRateHz: rate,
            channels,
            format,
            restarts: 0,
          });
        },
        { timeout: 8000, interval: 100 },
      );
      await test.station.recorders.stop();
      await test.station.indexer.sweep();
      const { items } = await test.client.recordings.list({ order: 'oldest_first' });
      expect(items[0]).toMatchObject({
        raw: { sampleRateHz: rate, channels, bitsPerSample: bytes * 8 },
        processed: { sampleRateHz: 48_000, channels, bitsPerSample: 16 },
      });
      const recorded = await rawAudio(test);
      expect(recorded.length).toBeGreaterThan(0);
      expect(recorded.equals(looped(samples, recorded.length))).toBe(true);
    },
  );

  it('that is not there gets its own word, and is tried again', async () => {
    fakeMicrophone({ rate: 48_000, channels: 1, format: 'S16_LE', samples: noise(96_000, 'a') });
    const test = await testStation();
    await test.station.start();
    const { name } = await test.client.devices.addAlsa({ pcm: 'no_such_pcm' });
    await vi.waitFor(
      () => {
        expect(test.recorder(name)).toMatchObject({
          state: 'waiting',
          lastError: { code: 'DEVICE_GONE' },
        });
      },
      { timeout: 20_000 },
    );
    expect(test.recorder(name).retryAt).not.toBeNull();
  });

  it('that delivers another rate than asked is refused with that word, never recorded under a false rate', async () => {
    const microphone = fakeMicrophone({
      rate: 44_100,
      channels: 1,
      format: 'S16_LE',
      samples: noise(88_200, 'b'),
    });
    const test = await testStation();
    await test.station.start();
    const { name } = await test.client.devices.addAlsa({ pcm: microphone.pcm });
    await vi.waitFor(
      () => {
        expect(test.recorder(name).lastError?.code).toBe('RATE_NOT_OFFERED');
      },
      { timeout: 20_000 },
    );
    expect(await test.client.recordings.count({})).toEqual({ total: 0 });
  });

  it('that is pulled out keeps what it heard, says so, and records again once it is back', async () => {
    const microphone = fakeMicrophone({
      rate: 48_000,
      channels: 1,
      format: 'S16_LE',
      samples: noise(96_000 * 2, 'c'),
    });
    const test = await testStation();
    await test.station.start();
    const { name } = await test.client.devices.addAlsa({ pcm: microphone.pcm });
    await test.client.profiles.create(profileOf('short'));
    await test.client.devices.setProfile({ name, profileSlug: 'short' });
    await recordUntil(test, name, 2);
    microphone.unplug();
    await vi.waitFor(
      () => {
        expect(test.recorder(name)).toMatchObject({
          state: 'waiting',
          lastError: { code: 'DEVICE_GONE' },
        });
      },
      { timeout: 20_000 },
    );
    const kept = await rawAudio(test);
    expect(kept.length).toBeGreaterThanOrEqual(2 * 96_000);
    microphone.plugIn();
    await recordUntil(test, name, 1);
    expect(test.recorder(name).state).toBe('recording');
  });

  it('that goes silent on the bus is not called recording any more', async () => {
    const microphone = fakeMicrophone({
      rate: 48_000,
      channels: 1,
      format: 'S16_LE',
      samples: noise(96_000, 'd'),
    });
    const test = await testStation();
    await test.station.start();
    const { name } = await test.client.devices.addAlsa({ pcm: microphone.pcm });
    await vi.waitFor(
      () => {
        expect(test.recorder(name).state).toBe('recording');
      },
      { timeout: 20_000 },
    );
    microphone.stall();
    await vi.waitFor(
      () => {
        expect(test.recorder(name).state).toBe('stalled');
      },
      { timeout: 20_000 },
    );
  });
});
