import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePeaks, levelFor, type Peaks } from '@shared/model/peaks';
import { PeakMeter } from '@main/analysis/peak-meter';

/** Peaks of these samples, handed over in pieces of so many frames. */
function peaksOf(samples: Float32Array, channels = 1, piece = 1000, sampleRateHz = 48_000): Peaks {
  const frames = samples.length / channels;
  const meter = new PeakMeter({ frames, channels, sampleRateHz });
  for (let at = 0; at < samples.length; at += piece * channels) {
    meter.add(samples.subarray(at, Math.min(samples.length, at + piece * channels)));
  }
  const peaks = decodePeaks(meter.encode().buffer);
  expect(peaks).not.toBeNull();
  return peaks!;
}

describe('the waveform of a recording', () => {
  it('has the lowest and the highest sample of every bin and channel, at every resolution', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 1, max: 40_000 }),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        (channels, frames, piece, seed) => {
          let state = seed;
          const samples = Float32Array.from({ length: frames * channels }, () => {
            state = (state * 48_271) % 2_147_483_647;
            return state / 1_073_741_824 - 1;
          });
          const peaks = peaksOf(samples, channels, piece);
          expect(peaks).toMatchObject({ channels, frames, sampleRateHz: 48_000 });
          for (const { framesPerBin, bins, values } of peaks.levels) {
            expect(bins).toBe(Math.ceil(frames / framesPerBin));
            for (const bin of new Set([0, bins >> 1, bins - 1])) {
              for (let channel = 0; channel < channels; channel++) {
                let [least, most] = [Infinity, -Infinity];
                const end = Math.min(frames, (bin + 1) * framesPerBin);
                for (let frame = bin * framesPerBin; frame < end; frame++) {
                  least = Math.min(least, samples[frame * channels + channel]!);
                  most = Math.max(most, samples[frame * channels + channel]!);
                }
                const place = (bin * channels + channel) * 2;
                expect((values[place]! * peaks.scale) / 32_767).toBeCloseTo(least, 3);
                expect((values[place + 1]! * peaks.scale) / 32_767).toBeCloseTo(most, 3);
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps its shape when it is a thousandth of full scale', () => {
    const quiet = Float32Array.from({ length: 48_000 }, (_, at) => 1e-5 * Math.sin(at / 50));
    const peaks = peaksOf(quiet);
    expect(peaks.scale).toBeCloseTo(1e-5, 8);
    expect(Math.max(...peaks.levels[0]!.values)).toBe(32_767);
  });

  it('of silence is a line', () => {
    const peaks = peaksOf(new Float32Array(48_000));
    expect(peaks.scale).toBe(0);
    expect(peaks.levels.every(({ values }) => values.every((value) => value === 0))).toBe(true);
  });

  it('is small however long the recording is', () => {
    const hours = new PeakMeter({ frames: 384_000 * 7200, channels: 1, sampleRateHz: 384_000 });
    const peaks = decodePeaks(hours.encode().buffer)!;
    expect(peaks.levels[0]!.bins).toBeLessThanOrEqual(65_536);
    expect(peaks.levels.at(-1)!.bins).toBeLessThanOrEqual(1024);
    expect(hours.encode().byteLength).toBeLessThan(400_000);
  });

  it('is drawn from the level that has a bin for each pixel', () => {
    const peaks = peaksOf(new Float32Array(480_000));
    const [finest] = peaks.levels;
    expect(levelFor(peaks, 1)).toBe(finest);
    expect(levelFor(peaks, finest!.framesPerBin)).toBe(finest);
    expect(levelFor(peaks, finest!.framesPerBin * 4)).toBe(peaks.levels[1]);
    expect(levelFor(peaks, 1e9)).toBe(peaks.levels.at(-1));
  });
});

describe('bytes that are no peaks', () => {
  const whole = new PeakMeter({ frames: 100, channels: 2, sampleRateHz: 48_000 }).encode();

  it('are told from peaks wherever they were cut', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(decodePeaks(whole.slice(0, length).buffer)).toBeNull();
    }
    expect(decodePeaks(whole.slice().buffer)).not.toBeNull();
  });

  it('are told from peaks by their first letters and by their format', () => {
    for (const at of [0, 3, 4]) {
      const other = whole.slice();
      other[at] = 0x7f;
      expect(decodePeaks(other.buffer)).toBeNull();
    }
  });

  it('never make the reader fail', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const bytes = new Uint8Array(5 + tail.length);
        bytes.set(whole.subarray(0, 5));
        bytes.set(tail, 5);
        decodePeaks(bytes.buffer);
      }),
    );
  });
});
