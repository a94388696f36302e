import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelSchema } from '@shared/model/level';
import { LevelMeter } from '@main/live/level-meter';

const TENTH = 4_800;

function samples(frames: number, ...channels: ((frame: number) => number)[]): Int16Array {
  return Int16Array.from({ length: frames * channels.length }, (_, i) =>
    channels[i % channels.length]!(Math.floor(i / channels.length)),
  );
}

const silence = (): number => 0;
const sine =
  (size: number) =>
  (frame: number): number =>
    Math.round(size * Math.sin((2 * Math.PI * 1000 * frame) / 48_000));

describe('a tenth of a second', () => {
  it('of a sine measures its peak, and 3 dB less as RMS', () => {
    const [[level]] = new LevelMeter(1).add(samples(TENTH, sine(16_384))) as [
      [{ peakDbfs: number; rmsDbfs: number }],
    ];
    expect(level.peakDbfs).toBeCloseTo(-6.02, 2);
    expect(level.rmsDbfs).toBeCloseTo(-9.03, 2);
  });

  it('of silence measures the floor, of the loudest sound nothing above full scale', () => {
    expect(new LevelMeter(2).add(samples(TENTH, silence, () => -32_768))).toEqual([
      [
        { peakDbfs: -120, rmsDbfs: -120 },
        { peakDbfs: 0, rmsDbfs: 0 },
      ],
    ]);
  });

  it('keeps the channels apart', () => {
    const [level] = new LevelMeter(3).add(
      samples(
        TENTH,
        () => 3277,
        silence,
        () => -328,
      ),
    );
    expect(level!.map(({ peakDbfs }) => Math.round(peakDbfs))).toEqual([-20, -120, -40]);
  });

  it('forgets the one before', () => {
    const meter = new LevelMeter(1);
    const [loud, quiet] = meter.add(samples(2 * TENTH, (frame) => (frame < TENTH ? 32_000 : 0)));
    expect(loud![0]!.peakDbfs).toBeGreaterThan(-1);
    expect(quiet).toEqual([{ peakDbfs: -120, rmsDbfs: -120 }]);
  });

  it('is the same however the sound is cut, and always one that the contract takes', () => {
    const sound = samples(3 * TENTH, sine(20_000), (frame) => ((frame * 7919) % 65_536) - 32_768);
    const whole = new LevelMeter(2).add(sound);
    expect(whole).toHaveLength(3);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 40 }), (cuts) => {
        const meter = new LevelMeter(2);
        const measured = [];
        let at = 0;
        for (const frames of cuts) {
          measured.push(...meter.add(sound.subarray(at, at + 2 * frames)));
          at = Math.min(sound.length, at + 2 * frames);
        }
        measured.push(...meter.add(sound.subarray(at)));
        expect(measured).toEqual(whole);
      }),
      { numRuns: 30 },
    );
    for (const channels of whole) {
      levelSchema.parse({ device: 'mic', at: '2026-05-01T12:00:00.000Z', channels });
    }
  });
});
