import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { drawSpectrum } from '@main/analysis/spectrogram-image';
import { SILENCE_DB, type Spectrum, SpectrumMeter } from '@main/analysis/spectrum-meter';
import { randomNumbers } from '../../support/random-numbers';

const BLOCK = 30_000;

/** The spectrum of a sound that is told frame by frame, every channel the same. */
function spectrumOf(
  rate: number,
  seconds: number,
  sound: (t: number, frame: number) => number,
  channels: readonly number[] = [1],
): Spectrum {
  const frames = Math.round(rate * seconds);
  const meter = new SpectrumMeter({ frames, channels: channels.length, sampleRateHz: rate }, BLOCK);
  for (let from = 0; from < frames; from += BLOCK) {
    const count = Math.min(BLOCK, frames - from);
    const samples = new Float32Array(count * channels.length);
    for (let frame = 0; frame < count; frame++) {
      const value = sound((from + frame) / rate, from + frame);
      for (const [channel, gain] of channels.entries()) {
        samples[frame * channels.length + channel] = value * gain;
      }
    }
    meter.add(samples);
  }
  return meter.spectrum();
}

/** Where it is loudest in one column, Hz, and how loud. */
function loudest(spectrum: Spectrum, rate: number, column: number): { hz: number; db: number } {
  const { width, height, levelsDb } = spectrum;
  let best = { hz: 0, db: -Infinity };
  for (let row = 0; row < height; row++) {
    const db = levelsDb[row * width + column]!;
    if (db > best.db) best = { hz: ((height - row - 0.5) / height) * (rate / 2), db };
  }
  return best;
}

describe('the spectrum of a recording', () => {
  it.each([
    [48_000, 3_000],
    [48_000, 21_000],
    [384_000, 45_000],
    [384_000, 150_000],
  ])('at %i Hz shows a tone of %i Hz where it belongs, as loud as it is', (rate, hz) => {
    const spectrum = spectrumOf(rate, 1, (t) => 0.1 * Math.sin(2 * Math.PI * hz * t));
    for (const column of [50, 400, spectrum.width - 50]) {
      const { hz: found, db } = loudest(spectrum, rate, column);
      expect(Math.abs(found - hz)).toBeLessThan(rate / 2 / spectrum.height);
      expect(db).toBeGreaterThan(-21.6);
      expect(db).toBeLessThan(-19.9);
    }
  });

  it('shows a call of two milliseconds among a whole segment of ultrasound, in its place only', () => {
    const [rate, at] = [192_000, 7.3];
    const spectrum = spectrumOf(rate, 10, (t) =>
      t >= at && t < at + 0.002 ? 0.1 * Math.sin(2 * Math.PI * 50_000 * t) : 0,
    );
    const column = Math.floor(((at + 0.001) / 10) * spectrum.width);
    expect(loudest(spectrum, rate, column).db).toBeGreaterThan(-40);
    expect(loudest(spectrum, rate, column - 3).db).toBe(SILENCE_DB);
    expect(loudest(spectrum, rate, column + 3).db).toBe(SILENCE_DB);
  });

  it('passes over no sample: a click is seen wherever it falls', () => {
    const rate = 96_000;
    for (const frame of [0, 1, 48_123, 191_999]) {
      const spectrum = spectrumOf(rate, 2, (_t, at) => (at === frame ? 1 : 0));
      expect(spectrum.levelsDb.some((level) => level > -70)).toBe(true);
    }
  });

  it('keeps the louder of two channels, also where the other says the opposite', () => {
    const tone = (t: number): number => 0.1 * Math.sin(2 * Math.PI * 5_000 * t);
    for (const gains of [
      [1, -1],
      [0, 1],
      [1, 0.01, 0],
    ]) {
      const { db } = loudest(spectrumOf(48_000, 1, tone, gains), 48_000, 300);
      expect(db).toBeGreaterThan(-21.6);
    }
  });

  it('is a picture for a screen, however short or long the sound is', () => {
    expect(spectrumOf(48_000, 0.001, () => 0)).toMatchObject({ width: 800, height: 256 });
    expect(spectrumOf(48_000, 10, () => 0).width).toBe(1000);
    expect(spectrumOf(8_000, 30, () => 0).width).toBe(2000);
  });
});

describe('a spectrogram image', () => {
  const rate = 48_000;
  const random = randomNumbers(7);
  const png = drawSpectrum(
    spectrumOf(
      rate,
      10,
      (t) =>
        0.001 * (random(1_000_000) / 1_000_000 - 0.5) +
        (t > 4 && t < 6 ? 0.2 * Math.sin(2 * Math.PI * 6_000 * t) : 0),
    ),
  );

  it('is a PNG of the picture’s size', () => {
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1000, 256]);
    expect(png.length).toBeLessThan(200_000);
  });

  it('shows sound brighter than noise, where and when it was', () => {
    const pixels = pixelsOf(png);
    const row = Math.round(256 - (6_000 / 24_000) * 256);
    const brightness = (column: number, at: number): number => pixels[at * 1001 + 1 + column]!;
    const around = [row - 1, row, row + 1];
    expect(Math.max(...around.map((at) => brightness(500, at)))).toBe(31);
    expect(Math.max(...around.map((at) => brightness(200, at)))).toBeLessThan(24);
    expect(brightness(500, 20)).toBeLessThan(24);
  });

  it('of silence is black, and of no value that a damaged file may hold impossible', () => {
    for (const value of [0, 1e30]) {
      const image = drawSpectrum(spectrumOf(rate, 1, () => value));
      expect(image.length).toBeGreaterThan(100);
    }
    const dark = pixelsOf(drawSpectrum(spectrumOf(rate, 1, () => 0)));
    expect(dark.every((pixel) => pixel === 0)).toBe(true);
  });
});

/** The rows of a PNG as they lie in it, each behind its filter's number. */
function pixelsOf(png: Buffer): Buffer {
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') {
      return inflateSync(png.subarray(at + 8, at + 8 + length));
    }
    at += 12 + length;
  }
  throw new Error('no image data');
}
