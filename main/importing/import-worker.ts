import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../error-message';
import { errorCode } from '../files/error-code';
import { syncFolder } from '../files/durable';
import { findFiles } from './find-files';
import type { ExpectedFile, ImportOrder, WorkerSetUp, WorkerWord } from './import-orders';
import { placeCopies, settleCopies } from './keep-files';
import { incomingFolder, takeFile } from './take-file';

// Runs in a thread of its own, behind everything else: other people's disks are slow, and hashing takes time. It reads
// and writes with calls that hold up this thread only, so that its low priority holds for them.

const PROGRESS_MS = 100;
const { dataRoot, ffmpeg, stop } = workerData as WorkerSetUp;
const stopFlag = new Int32Array(stop);

/** Asked between pieces: while a file is copied no message would be heard. */
class StopSignal {
  readonly controller = new AbortController();

  look(): void {
    if (Atomics.load(stopFlag, 0) === 1) this.controller.abort();
  }
}

/** Every thread of Linux has a priority of its own. */
function stepBack(): void {
  try {
    const thread = basename(readlinkSync('/proc/thread-self'));
    setPriority(Number(thread), 19);
    execFileSync('ionice', ['-c', '3', '-p', thread], { stdio: 'ignore', timeout: 2_000 });
  } catch {
    // Where it cannot be had, what follows is done all the same.
  }
}

async function prepare(): Promise<void> {
  const folder = incomingFolder(dataRoot);
  mkdirSync(folder, { recursive: true });
  // What a killed console left: nothing there has its place yet.
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
  await syncFolder(dirname(folder));
  await syncFolder(dataRoot);
}

function say(word: WorkerWord): void {
  parentPort?.postMessage(word);
}

async function carryOut(order: ImportOrder): Promise<unknown> {
  const stopping = new StopSignal();
  switch (order.do) {
    case 'prepare':
      return prepare();
    case 'find':
      for (const { items, listed } of findFiles(order.sources, dataRoot)) {
        stopping.look();
        if (stopping.controller.signal.aborted) return false;
        say({ say: 'found', items, listed });
        await acknowledged();
      }
      return true;
    case 'take': {
      let saidMs = performance.now();
      const onProgress = (bytes: number): void => {
        stopping.look();
        if (performance.now() - saidMs < PROGRESS_MS) return;
        saidMs = performance.now();
        say({ say: 'progress', bytes });
      };
      const { signal } = stopping.controller;
      return takeFile(order, dataRoot, { ffmpeg, signal, onProgress });
    }
    case 'settle':
      settleCopies(order.files, dataRoot);
      return null;
    case 'place':
      placeCopies(order.files, dataRoot);
      return null;
    case 'look':
      return order.files.map(isThere);
    case 'drop':
      for (const copy of order.copies) rmSync(copy, { force: true });
      return null;
  }
}

function isThere({ path, sizeBytes }: ExpectedFile): boolean {
  const found = lstatSync(join(dataRoot, path), { throwIfNoEntry: false });
  return found?.isFile() === true && (sizeBytes === null || found.size === sizeBytes);
}

let acknowledge: (() => void) | null = null;

/** Whoever writes down what is found must not be drowned in it. */
function acknowledged(): Promise<void> {
  return new Promise((resolve) => {
    acknowledge = resolve;
  });
}

stepBack();
parentPort?.on('message', (message: ImportOrder | 'go on') => {
  if (message === 'go on') {
    acknowledge?.();
    return;
  }
  void carryOut(message)
    .then((answer) => {
      say({ say: 'done', answer });
    })
    .catch((error: unknown) => {
      say({ say: 'failed', message: messageOf(error), code: errorCode(error) });
    });
});
