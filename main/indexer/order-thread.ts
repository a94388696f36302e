import { Worker } from 'node:worker_threads';

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that answers orders by their number. It is made when it is first needed, and anew when it has died. */
export class OrderThread<Order extends object, Answer extends { readonly id: number }> {
  readonly #workerUrl: URL;
  readonly #ended: string;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #worker: Worker | null = null;
  #nextId = 0;

  /**
   * @param workerUrl the built or source worker
   * @param ended what those are told who wait for one that ends
   */
  constructor(workerUrl: URL, ended: string) {
    this.#workerUrl = workerUrl;
    this.#ended = ended;
  }

  /** @throws Error when the thread died */
  ask(order: Order): Promise<Answer> {
    const worker = (this.#worker ??= this.#spawn());
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...order, id });
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
    worker.on('message', (answer: Answer) => {
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
      fail(new Error(this.#ended));
    });
    return worker;
  }
}
