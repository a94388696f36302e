import { Worker } from 'node:worker_threads';
import { burdenThread } from '../process/priority';
import type { AssetAnswer, AssetOrder } from './asset-order';

interface Waiting {
  readonly worker: Worker;
  readonly resolve: (sizeBytes: number) => void;
  readonly reject: (error: Error) => void;
}

/** What one asset may need of memory, MB: pictures have a bounded size, however long the sound. */
const MOST_MEMORY_MB = 192;

/**
 * Makes assets in a thread of its own, one after the other: nice 19, idle I/O class. A thread, not a process: it
 * begins within a moment and brings no second runtime into a small machine's memory.
 */
export class AssetThread {
  readonly #workerUrl: URL;
  #worker: Worker | null = null;
  #waiting: Waiting | null = null;

  /** @param workerUrl the built or source `asset-worker` */
  constructor(workerUrl: URL) {
    this.#workerUrl = workerUrl;
  }

  /**
   * Makes one asset; the next order only when this one is answered.
   * @returns bytes of the file
   * @throws Error when the sound cannot be read, the file not be written, or the thread died
   */
  make(order: AssetOrder): Promise<number> {
    const worker = (this.#worker ??= this.#spawn());
    return new Promise((resolve, reject) => {
      this.#waiting = { worker, resolve, reject };
      worker.postMessage(order);
    });
  }

  /** Ends it at once; what it was making is not made. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #spawn(): Worker {
    const worker = new Worker(this.#workerUrl, {
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    worker.unref();
    worker.on('message', (answer: AssetAnswer) => {
      if ('thread' in answer) {
        if (answer.thread !== null) void burdenThread(answer.thread);
        return;
      }
      const waiting = this.#takeWaiting(worker);
      if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.sizeBytes);
    });
    const fail = (error: Error): void => {
      if (this.#worker === worker) this.#worker = null;
      this.#takeWaiting(worker)?.reject(error);
    };
    worker.on('error', fail);
    worker.on('exit', () => {
      fail(new Error('The thread that makes waveforms and pictures ended.'));
    });
    return worker;
  }

  /** Whoever waits for this thread; a thread that ends tells so twice, and the second time another one may be at work. */
  #takeWaiting(worker: Worker): Waiting | null {
    const waiting = this.#waiting;
    if (waiting?.worker !== worker) return null;
    this.#waiting = null;
    return waiting;
  }
}
