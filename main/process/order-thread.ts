import { Worker, type WorkerOptions } from 'node:worker_threads';

interface Waiting<Answer> {
  /** Whose end is the end of this order, and nobody else's. */
  readonly worker: Worker;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export interface OrderThreadOptions<Word> {
  /** The built or source worker. */
  readonly workerUrl: URL;
  /** What those are told who wait for one that ends. */
  readonly ended: string;
  readonly worker?: WorkerOptions;
  /** The process lives for it; else it is no reason to. */
  readonly keepsAlive?: boolean;
  /** Told what is no answer. */
  readonly onWord?: (word: Word) => void;
}

/**
 * A thread that answers orders by their number. It is made when it is first needed, and anew when it has died: an order
 * fails with the thread that it was given to. A thread that ends may tell so late, and twice, when another one is at
 * work already.
 */
export class OrderThread<
  Order extends object,
  Answer extends { readonly id: number },
  Word extends { readonly id?: undefined } = never,
> {
  readonly #options: OrderThreadOptions<Word>;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #worker: Worker | null = null;
  #nextId = 0;

  constructor(options: OrderThreadOptions<Word>) {
    this.#options = options;
  }

  /** How many orders wait for their answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** @throws Error when the thread died, or the order cannot be sent */
  ask(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const worker = (this.#worker ??= this.#spawn());
      const id = this.#nextId;
      this.#nextId += 1;
      worker.postMessage({ ...order, id });
      this.#waiting.set(id, { worker, resolve, reject });
    });
  }

  /**
   * Ends it; the next order has a new one.
   * @param reason whoever waits is told so at once; absent: when the thread has really ended
   */
  async close(reason?: Error): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (worker !== null && reason !== undefined) this.#fail(worker, reason);
    await worker?.terminate();
  }

  #spawn(): Worker {
    const { workerUrl, ended, worker: options, keepsAlive, onWord } = this.#options;
    const worker = new Worker(workerUrl, options);
    if (keepsAlive !== true) worker.unref();
    worker.on('message', (message: Answer | Word) => {
      if (message.id === undefined) {
        onWord?.(message);
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      waiting?.resolve(message);
    });
    worker.on('error', (error: Error) => {
      this.#fail(worker, error);
    });
    worker.on('exit', () => {
      this.#fail(worker, new Error(ended));
    });
    return worker;
  }

  #fail(worker: Worker, error: Error): void {
    if (this.#worker === worker) this.#worker = null;
    for (const [id, waiting] of this.#waiting) {
      if (waiting.worker !== worker) continue;
      this.#waiting.delete(id);
      waiting.reject(error);
    }
  }
}
