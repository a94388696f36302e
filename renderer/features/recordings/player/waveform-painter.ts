import { levelFor, type Peaks } from '@shared/model/peaks';

interface View {
  /** Of the whole sound, 0–1. */
  readonly from: number;
  readonly to: number;
}

/**
 * Draws a stretch of a waveform, one lane per channel, as tall as its loudest sample: what is quiet keeps its shape,
 * and how loud it is stands beside it in words.
 */
export function paintWaveform(
  canvas: HTMLCanvasElement,
  peaks: Peaks,
  { from, to }: View,
  colour: string,
): void {
  const width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  const height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour;
  const framesPerPixel = ((to - from) * peaks.frames) / width;
  const level = levelFor(peaks, framesPerPixel);
  const lane = height / peaks.channels;
  for (let channel = 0; channel < peaks.channels; channel++) {
    const middle = lane * (channel + 0.5);
    context.fillRect(0, middle - 0.5, width, 1);
    if (level === null || peaks.scale === 0) continue;
    for (let x = 0; x < width; x++) {
      const first = Math.floor((from * peaks.frames + x * framesPerPixel) / level.framesPerBin);
      const end = Math.max(
        first + 1,
        Math.floor((from * peaks.frames + (x + 1) * framesPerPixel) / level.framesPerBin),
      );
      let least = 32_767;
      let most = -32_767;
      for (let bin = first; bin < Math.min(end, level.bins); bin++) {
        const place = (bin * peaks.channels + channel) * 2;
        least = Math.min(least, level.values[place] ?? 0);
        most = Math.max(most, level.values[place + 1] ?? 0);
      }
      if (least > most) continue;
      const top = middle - (most / 32_767) * (lane / 2 - 1);
      const bottom = middle - (least / 32_767) * (lane / 2 - 1);
      context.fillRect(x, top, 1, Math.max(1, bottom - top));
    }
  }
}
