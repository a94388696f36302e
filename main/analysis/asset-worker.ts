import { readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
// With their endings: tests run this file as it is, and Node does not guess.
import { messageOf } from '../error-message.ts';
import type { AssetAnswer, AssetOrder, AssetWord } from './asset-order';
import { PeakMeter } from './peak-meter.ts';
import { blockFramesOf, readSamples } from './sample-reader.ts';
import { drawSpectrum } from './spectrogram-image.ts';
import { SpectrumMeter } from './spectrum-meter.ts';

// Runs in a worker thread at the lowest priority. Everything is synchronous, so that nothing is done for it by
// another thread, whose priority is higher.

const LAST_IN_LINE = 19;

/** Lets everything else go first. @returns the number of this thread; null where the system does not tell */
function stepBack(): number | null {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    // A thread, not the process: Linux takes its number wherever it takes that of a process.
    setPriority(thread, LAST_IN_LINE);
    return thread;
  } catch {
    return null;
  }
}

function make({ kind, source, layout }: AssetOrder): Uint8Array {
  if (kind === 'peaks') {
    const meter = new PeakMeter(layout);
    readSamples(source, layout, (samples) => {
      meter.add(samples);
    });
    return meter.encode();
  }
  const meter = new SpectrumMeter(layout, blockFramesOf(layout));
  readSamples(source, layout, (samples) => {
    meter.add(samples);
  });
  return drawSpectrum(meter.spectrum());
}

/** Not forced to the disk: what a power cut takes is noticed by its size and made again. */
function write(target: string, bytes: Uint8Array): void {
  const partial = `${target}.partial`;
  try {
    writeFileSync(partial, bytes);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function answer(words: AssetAnswer | AssetWord): void {
  parentPort?.postMessage(words);
}

answer({ thread: stepBack() });
parentPort?.on('message', ({ id, ...order }: AssetOrder & { readonly id: number }) => {
  try {
    const bytes = make(order);
    write(order.target, bytes);
    answer({ id, sizeBytes: bytes.byteLength });
  } catch (error) {
    answer({ id, error: messageOf(error) });
  }
});
