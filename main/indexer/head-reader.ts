import { Worker } from 'node:worker_threads';
import { HEAD_BYTES, type HeadAnswer, type HeadOrder } from './head-order';

/** The first bytes of a file; or why they cannot be read now; null: there is no such plain file. */
export type Head =
  { readonly fileBytes: number; readonly head: Buffer } | { readonly problem: string } | null;

/** Reads the beginnings of many files off the main thread. */
export class HeadReader {
  readonly #workerUrl: URL;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: HeadAnswer) => void; reject: (error: Error) => void }
  >();
  #worker: Worker | null = null;
  #nextId = 0;

  /** @param workerUrl the built or source `head-worker` */
  constructor(workerUrl: URL) {
    this.#workerUrl = workerUrl;
  }

  /**
   * In the order of the paths.
   * @throws Error when the worker died
   */
  async read(paths: readonly string[]): Promise<Head[]> {
    const worker = (this.#worker ??= this.#spawn());
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = await new Promise<HeadAnswer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, paths } satisfies HeadOrder);
    });
    const bytes = Buffer.from(answer.bytes);
    return answer.heads.map((head, i) => {
      if (head === null || 'problem' in head) return head;
      const from = i * HEAD_BYTES;
      return { fileBytes: head.fileBytes, head: bytes.subarray(from, from + head.headBytes) };
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
    worker.on('message', (answer: HeadAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      waiting?.resolve(answer);
    });
    const fail = (error: Error): void => {
      if (this.#worker === worker) this.#worker = null;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    worker.on('error', fail);
    worker.on('exit', () => {
      fail(new Error('the thread that reads headers ended'));
    });
    return worker;
  }
}
