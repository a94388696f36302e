import { expect, it } from 'vitest';
import { Fft } from '@main/analysis/fft';
import { randomNumbers } from '../../support/random-numbers';

/** The definition, term by term. */
function transformed(re: Float64Array, im: Float64Array): { re: number[]; im: number[] } {
  const size = re.length;
  const result = { re: [] as number[], im: [] as number[] };
  for (let k = 0; k < size; k++) {
    let [sumRe, sumIm] = [0, 0];
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * k * n) / size;
      sumRe += re[n]! * Math.cos(angle) - im[n]! * Math.sin(angle);
      sumIm += re[n]! * Math.sin(angle) + im[n]! * Math.cos(angle);
    }
    result.re.push(sumRe);
    result.im.push(sumIm);
  }
  return result;
}

it.each([4, 8, 16, 64, 1024])('a transform of %i is the sum that defines it', (size) => {
  const numbers = randomNumbers(size);
  const random = (): number => numbers(1_000_000) / 1_000_000;
  const re = Float64Array.from({ length: size }, () => random() - 0.5);
  const im = Float64Array.from({ length: size }, () => random() - 0.5);
  const expected = transformed(re, im);
  const fft = new Fft(size);
  fft.transform(re, im);
  for (let k = 0; k < size; k++) {
    expect(re[k]).toBeCloseTo(expected.re[k]!, 9);
    expect(im[k]).toBeCloseTo(expected.im[k]!, 9);
  }
});

it.each([0, 2, 3, 1000, 131_072])('a size of %i is refused', (size) => {
  expect(() => new Fft(size)).toThrow(RangeError);
});
