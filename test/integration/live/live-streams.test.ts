import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Level } from '@shared/model/level';
import { systemClock } from '@main/clock/system-clock';
import { createEventBus } from '@main/events/bus';
import type { PcmBlock } from '@main/live/live-feed';
import { LivePorts } from '@main/live/live-ports';
import type { LiveRun } from '@main/live/live-socket';
import { LiveStreams } from '@main/live/live-streams';
import { liveSender } from '@main/recorder/capture-command';
import type { CaptureConfig } from '@main/recorder/capture-config';
import { recordedWithoutLive, startBareCapture } from '../../support/bare-capture';
import { recordingLogger } from '../../support/recording-logger';
import { temporaryFolder } from '../../support/temporary-folder';

const ports = new LivePorts(() => new Set());

const config: CaptureConfig = {
  device: 'mic',
  workspace: 'mic',
  input: { type: 'noise', seed: 7 },
  sampleRateHz: 48_000,
  channels: 1,
  format: 'S16LE',
  raw: true,
  processed: true,
  live: true,
  gainDb: 0,
  highpassHz: null,
  segmentDurationS: 1,
};

/** A second of 1 kHz that loops without a seam; one size of sine, 0 … 1, for each channel. */
function tone(rate: number, ...sizes: number[]): CaptureConfig['input'] {
  const path = join(temporaryFolder(), 'tone.wav');
  const sines = sizes.map((size) => `${String(size)}*sin(2*PI*1000*t)`).join('|');
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `aevalsrc=exprs=${sines}:s=${String(rate)}:d=1`],
    ...['-c:a', 'pcm_s24le', path],
  ]);
  return { type: 'file', path };
}

/** A capture and the streams that listen to it; the present run can be changed. */
async function stage(parts: Partial<CaptureConfig> = {}) {
  const bus = createEventBus();
  const present: { run: LiveRun | null } = { run: null };
  const streams = new LiveStreams({
    known: () => true,
    port: () => present.run,
    sender: liveSender,
    bus,
    clock: systemClock,
    logger: recordingLogger(),
  });
  const begin = async (more: Partial<CaptureConfig> = {}) => {
    const port = await ports.freeUdpPort();
    const whole = { ...config, ...parts, ...more };
    const capture = startBareCapture(whole, { livePort: port });
    present.run = { runId: capture.runId, port, channels: whole.channels };
    bus.emit('recorder.changed', { device: 'mic' });
    return capture;
  };
  const capture = await begin();
  const signal = (): { signal: AbortSignal; abort: () => void } => {
    const controller = new AbortController();
    onTestFinished(() => {
      controller.abort();
    });
    return {
      signal: controller.signal,
      abort: () => {
        controller.abort();
      },
    };
  };
  return { streams, capture, begin, signal };
}

async function take(levels: AsyncGenerator<Level, void>, count: number): Promise<Level[]> {
  const taken: Level[] = [];
  for await (const level of levels) if (taken.push(level) === count) break;
  return taken;
}

describe('the level of a tone', () => {
  // Size of the sine, and what its peak and RMS are then.
  const HALF = { size: 0.5, peak: -6.02, rms: -9.03 };
  const TENTH = { size: 0.1, peak: -20, rms: -23.01 };

  it.each([
    { of: 'the processed stream, 48 kHz', parts: {}, gainDb: 0 },
    { of: 'the processed stream with its gain', parts: { gainDb: 6 }, gainDb: 6 },
    { of: 'the processed stream of 384 kHz', parts: { sampleRateHz: 384_000 }, gainDb: 0 },
    {
      of: 'the raw stream of 384 kHz, where there is no other',
      parts: { sampleRateHz: 384_000, processed: false, format: 'S24LE' as const },
      gainDb: 0,
    },
    { of: 'the processed stream, where there is no raw one', parts: { raw: false }, gainDb: 0 },
  ])('is known to a tenth of a decibel in $of', async ({ parts, gainDb }) => {
    const rate = 'sampleRateHz' in parts ? parts.sampleRateHz : 48_000;
    const { streams, capture, signal } = await stage({
      channels: 2,
      input: tone(rate, HALF.size, TENTH.size),
      ...parts,
    });
    // The first may hold how the filters begin, the next three may not.
    const levels = (await take(streams.levels('mic', signal().signal), 4)).slice(1);
    for (const { channels } of levels) {
      for (const [i, { peak, rms }] of [HALF, TENTH].entries()) {
        expect(Math.abs(channels[i]!.peakDbfs - peak - gainDb)).toBeLessThan(0.1);
        expect(Math.abs(channels[i]!.rmsDbfs - rms - gainDb)).toBeLessThan(0.1);
      }
    }
    await capture.stop();
  });

  it('goes on in the next run, whose port and channels are others', async () => {
    const { streams, capture, begin, signal } = await stage({ input: tone(48_000, 0.5) });
    const levels = streams.levels('mic', signal().signal);
    expect((await levels.next()).value!.channels).toHaveLength(1);
    await capture.stop();
    const second = await begin({ channels: 2, input: tone(48_000, 0.1, 0.1) });
    let level = (await levels.next()).value as Level;
    while (level.channels.length === 1) level = (await levels.next()).value as Level;
    level = (await levels.next()).value as Level;
    expect(level.channels.map(({ peakDbfs }) => Math.round(peakDbfs))).toEqual([-20, -20]);
    await second.stop();
  });
});

describe('five readers, one of which hangs', () => {
  it('disturb neither each other nor the recording, and the one that hangs costs nothing', async () => {
    const SECONDS = 4;
    const parts = { sampleRateHz: 192_000, format: 'S24LE' as const };
    const { streams, capture, signal } = await stage(parts);
    const stuck = streams.levels('mic', signal().signal);
    const stuckListener = streams.pcm('mic', signal().signal);
    await Promise.all([stuck.next(), stuckListener.next()]);

    const counts = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const levels = streams.levels('mic', signal().signal);
        await levels.next();
        const endsAt = performance.now() + SECONDS * 1000;
        let count = 0;
        while (performance.now() < endsAt) {
          await levels.next();
          count += 1;
        }
        await levels.return();
        return count;
      }),
    );
    for (const count of counts) expect(count / SECONDS).toBeGreaterThanOrEqual(9);
    expect(streams.readers('mic')).toBe(2);

    const { code } = await capture.stop();
    expect(code, capture.log()).toBe(255); // as ffmpeg ends when asked to
    const expected = await recordedWithoutLive({ ...config, ...parts }, 15);
    const raw = await capture.samples('raw');
    expect(raw.length).toBeGreaterThan(SECONDS * 192_000 * 3);
    expect(raw.equals(expected.raw.subarray(0, raw.length))).toBe(true);

    expect(await waiting(stuck)).toBeLessThanOrEqual(2);
    // A second and a half of sound, of the four that it missed.
    expect(await waiting(stuckListener)).toBe(100);
  });

  /** How much lies ready for a reader when nothing new comes. */
  async function waiting(reader: AsyncGenerator): Promise<number> {
    for (let count = 0; ; count++) {
      const item = await Promise.race([reader.next(), delay(300, null)]);
      if (item === null) return count;
    }
  }
});

describe('the live sound', () => {
  it('is the processed stream, sample for sample', async () => {
    const { streams, capture, signal } = await stage({ sampleRateHz: 192_000, gainDb: 6 });
    const { signal: leaving, abort } = signal();
    const blocks: PcmBlock[] = [];
    const reading = (async () => {
      for await (const block of streams.pcm('mic', leaving)) blocks.push(block);
    })();
    await vi.waitFor(
      () => {
        expect(blocks.length).toBeGreaterThan(60);
      },
      { timeout: 20_000 },
    );
    await capture.stop();
    abort();
    await reading;
    const heard = Buffer.concat(blocks.map(({ samples }) => Buffer.from(samples.buffer)));
    expect((await capture.samples('processed')).includes(heard)).toBe(true);
  });
});
