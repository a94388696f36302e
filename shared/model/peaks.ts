/**
 * The waveform of a recording as the page draws it: per channel the lowest and the highest sample of so many frames,
 * at several resolutions. Free of zod and of Node: the page decodes it, a worker thread of the station encodes it.
 *
 * Little-endian: "SVPK", u8 format (1), u8 channels, u16 levels, u32 sample rate (Hz), f32 scale, f64 frames;
 * per level u32 frames per bin, u32 bins; then per level, bin and channel i16 lowest, i16 highest.
 * A sample is value × scale ÷ 32767 of full scale: what is quiet keeps its shape.
 */
export const PEAKS_MAGIC = 'SVPK';
export const PEAKS_FORMAT = 1;
export const PEAKS_HEADER_BYTES = 24;
export const PEAKS_LEVEL_BYTES = 8;

export interface PeakLevel {
  readonly framesPerBin: number;
  readonly bins: number;
  /** Of bin b, channel c: the lowest at `(b × channels + c) × 2`, the highest behind it. */
  readonly values: Int16Array;
}

export interface Peaks {
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly frames: number;
  /** The loudest sample, 0 … 1 of full scale: value × scale ÷ 32767 is a sample. */
  readonly scale: number;
  /** The finest first; each next one has a quarter of the bins. */
  readonly levels: readonly PeakLevel[];
}

/** null: these are not the bytes of peaks. */
export function decodePeaks(bytes: ArrayBuffer): Peaks | null {
  if (bytes.byteLength < PEAKS_HEADER_BYTES) return null;
  const view = new DataView(bytes);
  const magic = String.fromCharCode(...new Uint8Array(bytes, 0, 4));
  if (magic !== PEAKS_MAGIC || view.getUint8(4) !== PEAKS_FORMAT) return null;
  const channels = view.getUint8(5);
  const count = view.getUint16(6, true);
  let at = PEAKS_HEADER_BYTES + count * PEAKS_LEVEL_BYTES;
  if (channels === 0 || bytes.byteLength < at) return null;
  const levels: PeakLevel[] = [];
  for (let index = 0; index < count; index++) {
    const place = PEAKS_HEADER_BYTES + index * PEAKS_LEVEL_BYTES;
    const bins = view.getUint32(place + 4, true);
    const values = bins * channels * 2;
    if (at + values * 2 > bytes.byteLength) return null;
    levels.push({
      framesPerBin: view.getUint32(place, true),
      bins,
      values: new Int16Array(bytes, at, values),
    });
    at += values * 2;
  }
  return {
    channels,
    sampleRateHz: view.getUint32(8, true),
    frames: view.getFloat64(16, true),
    scale: view.getFloat32(12, true),
    levels,
  };
}

/** The coarsest level that still has a bin for every pixel; null: nothing was recorded. */
export function levelFor(peaks: Peaks, framesPerPixel: number): PeakLevel | null {
  const fine = peaks.levels.filter(({ framesPerBin }) => framesPerBin <= framesPerPixel);
  return fine.at(-1) ?? peaks.levels[0] ?? null;
}
