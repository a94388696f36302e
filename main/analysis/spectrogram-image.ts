// With their endings: the worker thread runs these files as they are, and Node does not guess.
import { type Colour, encodePng } from './png.ts';
import { SILENCE_DB, type Spectrum } from './spectrum-meter.ts';

/** Steps of loudness: no eye sees more of them in noise, and each doubling adds a fifth to the file. */
const STEPS = 32;
/** The share of the picture that is black: noise is to be seen, and to be no more than a background. */
const BLACK_SHARE = 0.15;
/** The loudest share is white: a click must not decide how bright the rest is. */
const WHITE_SHARE = 0.0005;
/** A picture of noise alone is not to look like a song, and a loud one keeps its faint parts. dB. */
const LEAST_RANGE = 45;
const MOST_RANGE = 90;
const COUNTS_PER_DB = 4;
/** From silence to well above full scale. */
const COUNTED_DB = 170;

/** Black over violet and orange to a pale yellow, each step as much brighter as the one before: matplotlib's magma (CC0). */
const MAGMA: readonly Colour[] = [
  [0, 0, 4],
  [20, 14, 54],
  [59, 15, 112],
  [100, 26, 128],
  [140, 41, 129],
  [183, 55, 121],
  [222, 73, 104],
  [247, 112, 92],
  [254, 159, 109],
  [254, 207, 146],
  [252, 253, 191],
];
const PALETTE: readonly Colour[] = Array.from({ length: STEPS }, (_, step) => {
  const place = (step / (STEPS - 1)) * (MAGMA.length - 1);
  const below = MAGMA[Math.floor(place)] as Colour;
  const above = MAGMA[Math.ceil(place)] as Colour;
  const between = (index: 0 | 1 | 2): number =>
    Math.round(below[index] + (above[index] - below[index]) * (place % 1));
  return [between(0), between(1), between(2)];
});

/** Draws a spectrum: time to the right, frequency upwards, as bright as its own noise and its loudest sounds allow. */
export function drawSpectrum({ width, height, levelsDb }: Spectrum): Buffer {
  const { blackDb, whiteDb } = rangeOf(levelsDb);
  const pixels = new Uint8Array(levelsDb.length);
  const perDb = STEPS / (whiteDb - blackDb);
  for (const [at, level] of levelsDb.entries()) {
    pixels[at] = Math.min(STEPS - 1, Math.max(0, Math.floor((level - blackDb) * perDb)));
  }
  return encodePng(width, height, pixels, PALETTE);
}

/** Which level is black, and which is white. dB. */
function rangeOf(levelsDb: Float32Array): { blackDb: number; whiteDb: number } {
  // Counted, not sorted: a quarter of a decibel is closer than anybody sees.
  const counts = new Uint32Array(COUNTED_DB * COUNTS_PER_DB);
  for (const level of levelsDb) {
    const place = Math.floor((level - SILENCE_DB) * COUNTS_PER_DB);
    counts[Math.min(counts.length - 1, place)] =
      (counts[Math.min(counts.length - 1, place)] ?? 0) + 1;
  }
  const at = (share: number): number => {
    let left = share * levelsDb.length;
    const place = counts.findIndex((count) => (left -= count) < 0);
    return SILENCE_DB + (place < 0 ? counts.length : place) / COUNTS_PER_DB;
  };
  const white = at(1 - WHITE_SHARE);
  const black = Math.max(at(BLACK_SHARE), white - MOST_RANGE);
  return { blackDb: black, whiteDb: Math.max(white, black + LEAST_RANGE) };
}
