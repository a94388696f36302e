/** Fourier transform of a fixed size, in place, without an allocation per call. */
export class Fft {
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  /** Pairs of places that change with each other before the first pass. */
  readonly #swaps: Uint16Array;

  /** @param size a power of two, 4 … 65,536 */
  constructor(size: number) {
    if (size < 4 || size > 65_536 || (size & (size - 1)) !== 0) {
      throw new RangeError(`${String(size)} is not a power of two that fits`);
    }
    this.size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, k) =>
      Math.cos((2 * Math.PI * k) / size),
    );
    this.#sin = Float64Array.from({ length: size / 2 }, (_, k) =>
      Math.sin((2 * Math.PI * k) / size),
    );
    this.#swaps = Uint16Array.from(swapsOf(size));
  }

  /** Σ x[n] · e^(-2πi·k·n ÷ size), x = re + i·im; the result stands where the input stood. */
  transform(re: Float64Array, im: Float64Array): void {
    const { size } = this;
    this.#mirror(re);
    this.#mirror(im);
    for (let at = 0; at < size; at += 4) passOfFour(re, im, at);
    const cos = this.#cos;
    const sin = this.#sin;
    for (let half = 4; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let first = 0; first < size; first += 2 * half) {
        for (let a = first, k = 0; a < first + half; a++, k += stride) {
          const b = a + half;
          // An index within the array is a number; the compiler of types cannot know.
          const c = cos[k] as number;
          const s = sin[k] as number;
          const x = re[b] as number;
          const y = im[b] as number;
          const tr = x * c + y * s;
          const ti = y * c - x * s;
          const ar = re[a] as number;
          const ai = im[a] as number;
          re[b] = ar - tr;
          im[b] = ai - ti;
          re[a] = ar + tr;
          im[a] = ai + ti;
        }
      }
    }
  }

  #mirror(values: Float64Array): void {
    const swaps = this.#swaps;
    for (let at = 0; at < swaps.length; at += 2) {
      const a = swaps[at] as number;
      const b = swaps[at + 1] as number;
      const value = values[a] as number;
      values[a] = values[b] as number;
      values[b] = value;
    }
  }
}

/** The first two passes of a block in one: their factors are 1 and -i only. */
function passOfFour(re: Float64Array, im: Float64Array, at: number): void {
  const r0 = re[at] as number;
  const r1 = re[at + 1] as number;
  const r2 = re[at + 2] as number;
  const r3 = re[at + 3] as number;
  const i0 = im[at] as number;
  const i1 = im[at + 1] as number;
  const i2 = im[at + 2] as number;
  const i3 = im[at + 3] as number;
  const sr = r0 + r1;
  const si = i0 + i1;
  const dr = r0 - r1;
  const di = i0 - i1;
  const tr = r2 + r3;
  const ti = i2 + i3;
  const ur = r2 - r3;
  const ui = i2 - i3;
  re[at] = sr + tr;
  im[at] = si + ti;
  re[at + 1] = dr + ui;
  im[at + 1] = di - ur;
  re[at + 2] = sr - tr;
  im[at + 2] = si - ti;
  re[at + 3] = dr - ui;
  im[at + 3] = di + ur;
}

function swapsOf(size: number): number[] {
  const bits = Math.log2(size);
  const swaps: number[] = [];
  for (let at = 0; at < size; at++) {
    let mirrored = 0;
    for (let bit = 0; bit < bits; bit++) mirrored |= ((at >> bit) & 1) << (bits - 1 - bit);
    if (mirrored > at) swaps.push(at, mirrored);
  }
  return swaps;
}
