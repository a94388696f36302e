import { closeSync, openSync, readSync } from 'node:fs';

/** Where the samples of a file lie, and what they are: little-endian, channels in turn. */
export interface SoundLayout {
  /** Of the first sample in the file. */
  readonly offset: number;
  readonly frames: number;
  readonly channels: number;
  /** Of one sample of one channel, as it is stored. Fewer valid bits lie at its top. */
  readonly containerBytes: 1 | 2 | 3 | 4 | 8;
  readonly sampleType: 'integer' | 'float';
  readonly sampleRateHz: number;
}

const BLOCK_BYTES = 256 * 1024;

/** The most frames that are read at once. */
export function blockFramesOf({ channels, containerBytes }: SoundLayout): number {
  return Math.max(1, Math.floor(BLOCK_BYTES / (channels * containerBytes)));
}

/**
 * Reads a file once, block by block, as numbers of -1 … 1 with the channels in turn. Synchronous, for a thread of
 * its own: what Node reads asynchronously is read by threads whose priority is not ours to set.
 * @param take is given the same memory again and again
 * @throws Node's errors when the file cannot be read; Error when it ends too early
 */
export function readSamples(
  path: string,
  layout: SoundLayout,
  take: (samples: Float32Array) => void,
): void {
  const frameBytes = layout.channels * layout.containerBytes;
  const blockFrames = blockFramesOf(layout);
  // Memory of its own, so that it begins where a number may begin.
  const bytes = Buffer.from(new ArrayBuffer(blockFrames * frameBytes));
  const samples = new Float32Array(blockFrames * layout.channels);
  const file = openSync(path, 'r');
  try {
    for (let frame = 0; frame < layout.frames; frame += blockFrames) {
      const wanted = Math.min(blockFrames, layout.frames - frame) * frameBytes;
      readWhole(file, bytes, wanted, layout.offset + frame * frameBytes);
      const count = wanted / layout.containerBytes;
      toNumbers(bytes, samples, count, layout);
      take(samples.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

function readWhole(file: number, bytes: Buffer, wanted: number, position: number): void {
  for (let have = 0; have < wanted;) {
    const read = readSync(file, bytes, have, wanted - have, position + have);
    if (read === 0) throw new Error('The file ends before its last sample.');
    have += read;
  }
}

/**
 * Little-endian machines only, as all are that Electron runs on. A loop for each kind: a function called per sample
 * would take ten times as long.
 */
function toNumbers(
  bytes: Buffer<ArrayBuffer>,
  samples: Float32Array,
  count: number,
  { containerBytes, sampleType }: SoundLayout,
): void {
  const { buffer, byteOffset } = bytes;
  if (sampleType === 'float') {
    if (containerBytes !== 4 && containerBytes !== 8) throw unknownKind(sampleType, containerBytes);
    const Numbers = containerBytes === 4 ? Float32Array : Float64Array;
    const values = new Numbers(buffer, byteOffset, count);
    // A damaged file may hold what is no number, and one of them would spread over everything.
    for (let at = 0; at < count; at++) {
      const value = values[at] as number;
      samples[at] = Number.isFinite(value) ? value : 0;
    }
  } else if (containerBytes === 2) {
    const values = new Int16Array(buffer, byteOffset, count);
    for (let at = 0; at < count; at++) samples[at] = (values[at] as number) / 0x8000;
  } else if (containerBytes === 3) {
    for (let at = 0, from = 0; at < count; at++, from += 3) {
      const low = ((bytes[from + 1] as number) << 8) | (bytes[from] as number);
      const high = ((bytes[from + 2] as number) << 24) >> 8;
      samples[at] = (high | low) / 0x80_0000;
    }
  } else if (containerBytes === 4) {
    const values = new Int32Array(buffer, byteOffset, count);
    for (let at = 0; at < count; at++) samples[at] = (values[at] as number) / 0x8000_0000;
  } else if (containerBytes === 1) {
    for (let at = 0; at < count; at++) samples[at] = ((bytes[at] as number) - 0x80) / 0x80;
  } else {
    throw unknownKind(sampleType, containerBytes);
  }
}

function unknownKind(sampleType: string, containerBytes: number): Error {
  return new Error(`Samples of ${String(containerBytes)} bytes (${sampleType}) are not known.`);
}
