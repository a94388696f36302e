import { Worker } from 'node:worker_threads';

/** Computes SHA-256 of whole files off the main thread, one after the other. */
export class Sha256 {
  readonly #workerUrl: URL;
  readonly #waiting = new Map<
    number,
    { resolve: (hash: string) => void; reject: (error: Error) => void }
  >();
  #worker: Worker | null = null;
  #nextId = 0;

  /** @param workerUrl the built or source `sha256-worker` */
  constructor(workerUrl: URL) {
    this.#workerUrl = workerUrl;
  }

  /**
   * @returns 64 lower-case hexadecimal characters
   * @throws Error when the file cannot be read, or the worker died
   */
  hash(path: string): Promise<string> {
    const worker = (this.#worker ??= this.#spawn());
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, path });
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #spawn(): Worker {
    const worker = new Worker(this.#workerUrl);
    worker.unref();
    worker.on('message', (answer: { id: number; sha256?: string; error?: string }) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.sha256 !== undefined) waiting?.resolve(answer.sha256);
      else waiting?.reject(new Error(answer.error ?? 'the hash worker gave no answer'));
    });
    const fail = (error: Error): void => {
      if (this.#worker === worker) this.#worker = null;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    worker.on('error', fail);
    worker.on('exit', () => {
      fail(new Error('the hash worker ended'));
    });
    return worker;
  }
}
