import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SampleLayout, SignalMeter } from '@main/indexer/signal-meter';

const LAYOUTS: readonly SampleLayout[] = [
  { channels: 1, containerBytes: 2 },
  { channels: 2, containerBytes: 2 },
  { channels: 1, containerBytes: 3 },
  { channels: 3, containerBytes: 3 },
  { channels: 2, containerBytes: 4 },
];

/** Frames of samples from -1 to 1 (full scale) as they lie in a file. */
function bytesOf({ containerBytes }: SampleLayout, frames: readonly (readonly number[])[]): Buffer {
  const top = 2 ** (8 * containerBytes - 1);
  const bytes = Buffer.alloc(frames.length * (frames[0]?.length ?? 0) * containerBytes);
  frames.flat().forEach((share, i) => {
    const value = Math.min(top - 1, Math.max(-top, Math.round(share * top)));
    bytes.writeIntLE(value, i * containerBytes, containerBytes);
  });
  return bytes;
}

function measure(layout: SampleLayout, bytes: Buffer) {
  const meter = new SignalMeter(layout);
  meter.add(bytes);
  return meter.result();
}

/** One second at 48 kHz; the same in all channels. */
const sound = ({ channels }: SampleLayout, at: (i: number) => number): number[][] =>
  Array.from({ length: 48_000 }, (_, i) => Array.from({ length: channels }, () => at(i)));
const sine =
  (amplitude: number, dc = 0) =>
  (i: number) =>
    dc + amplitude * Math.sin((2 * Math.PI * 1000 * i) / 48_000);

describe.each(LAYOUTS)('the measure of $channels channels in $containerBytes bytes', (layout) => {
  it('of a sine at half of full scale is -6.02 dB peak and -9.03 dB RMS', () => {
    const signal = measure(layout, bytesOf(layout, sound(layout, sine(0.5))));
    expect(signal!.peakDbfs).toBeCloseTo(-6.02, 1);
    expect(signal!.rmsDbfs).toBeCloseTo(-9.03, 1);
    expect(Math.abs(signal!.dcOffset)).toBeLessThan(1e-4);
    expect(signal).toMatchObject({ clippedRatio: 0, constant: false });
  });

  it('tells an offset with its sign, and clipping by the share of frames', () => {
    const shifted = measure(layout, bytesOf(layout, sound(layout, sine(0.1, -0.25))));
    expect(shifted!.dcOffset).toBeCloseTo(-0.25, 3);
    const clipped = measure(
      layout,
      bytesOf(
        layout,
        sound(layout, (i) => (i % 10 === 0 ? 1 : i % 10 === 5 ? -1 : 0.1)),
      ),
    );
    expect(clipped!.clippedRatio).toBeCloseTo(0.2, 6);
    expect(clipped!.peakDbfs).toBe(0);
  });

  it('of silence is constant, and of a channel that stands still as well', () => {
    const silent = measure(
      layout,
      bytesOf(
        layout,
        sound(layout, () => 0),
      ),
    );
    expect(silent).toEqual({
      peakDbfs: -200,
      rmsDbfs: -200,
      dcOffset: 0,
      clippedRatio: 0,
      constant: true,
    });
    const last = sound(layout, sine(0.5)).map((frame) =>
      frame.map((value, channel) => (channel === layout.channels - 1 ? 0.25 : value)),
    );
    expect(measure(layout, bytesOf(layout, last))!.constant).toBe(true);
  });

  it('is the same wherever the bytes are cut', () => {
    const bytes = bytesOf(
      layout,
      sound(layout, (i) => Math.sin(i * i) * 1.02),
    );
    const whole = measure(layout, bytes);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 20 }),
        (cuts) => {
          const meter = new SignalMeter(layout);
          const ends = [...cuts.sort((a, b) => a - b), bytes.length];
          ends.forEach((end, i) => meter.add(bytes.subarray(ends[i - 1] ?? 0, end)));
          const { rmsDbfs, dcOffset, ...exact } = meter.result()!;
          expect(exact).toEqual({
            peakDbfs: whole!.peakDbfs,
            clippedRatio: whole!.clippedRatio,
            constant: whole!.constant,
          });
          expect(rmsDbfs).toBeCloseTo(whole!.rmsDbfs, 6);
          expect(dcOffset).toBeCloseTo(whole!.dcOffset, 6);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('of not even a frame is none', () => {
    expect(measure(layout, Buffer.alloc(layout.containerBytes * layout.channels - 1))).toBeNull();
    expect(new SignalMeter(layout).result()).toBeNull();
  });
});
