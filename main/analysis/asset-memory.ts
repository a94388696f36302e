import type { AssetOrder } from './asset-order';
import { peakBytesOf } from './peak-meter';
import { blockFramesOf } from './sample-reader';
import { spectrumBytesOf } from './spectrum-meter';

/** What one asset may need. Files of eight channels need a tenth of it, however long they are. */
const MOST_BYTES = 128 * 1024 * 1024;
/** What the format of waveforms can hold; nobody looks at more side by side. */
const MOST_CHANNELS = 255;

/**
 * Whether an asset can be made in the memory that a station has to spare: a header can claim anything.
 * @returns why not, in one sentence; null: it can
 */
export function lackOfMemory({ kind, layout }: Pick<AssetOrder, 'kind' | 'layout'>): string | null {
  const { channels, containerBytes } = layout;
  if (channels > MOST_CHANNELS) {
    return `It has ${String(channels)} channels; more than ${String(MOST_CHANNELS)} are not drawn.`;
  }
  const blockFrames = blockFramesOf(layout);
  const block = blockFrames * channels * (containerBytes + Float32Array.BYTES_PER_ELEMENT);
  const needed =
    block + (kind === 'peaks' ? peakBytesOf(layout) : spectrumBytesOf(layout, blockFrames));
  if (needed <= MOST_BYTES) return null;
  return `It would take ${(needed / 1e6).toFixed(0)} MB of memory to draw its ${String(channels)} channels.`;
}
