import { Worker } from 'node:worker_threads';
import type { SlowStatement } from '../database/statement-watch';
import type { RecordingSearch } from './search';

/** What may be asked in the thread. */
export type Read = 'page' | 'count' | 'days' | 'ids' | 'purgePlan' | 'purgeable' | 'tags';
type Args<Method extends Read> = Parameters<RecordingSearch[Method]>;
/** Numbers come as they lie in memory, handed over: millions of them copied one by one would hold up who asks. */
type Result<Method extends Read> = Method extends 'ids' | 'purgeable'
  ? Float64Array
  : ReturnType<RecordingSearch[Method]>;

/** What the thread is told when it is made. */
export interface ReadWorkerData {
  readonly databaseFile: string;
  /** From how long on a statement is slow, milliseconds; without it, as in the main loop. */
  readonly slowMs?: number | undefined;
}

export interface ReadOrder {
  readonly id: number;
  readonly method: Read;
  readonly args: readonly unknown[];
}

export type ReadAnswer = {
  readonly id: number;
  /** What took long of what was asked for it. */
  readonly slow?: readonly SlowStatement[];
} & ({ readonly value: unknown } | { readonly error: string; readonly code: string | null });

interface Waiting {
  readonly order: ReadOrder;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Lets go of the asker's signal. */
  readonly settled: () => void;
}

export interface ReadThreadOptions {
  readonly onError?: OnReadError;
  /** Nobody was held up by it but who asked. */
  readonly onSlow?: (statement: SlowStatement) => void;
  readonly slowMs?: number;
}

/** Told of every error that SQLite meets there, with its code; the asker is told as well. */
export type OnReadError = (error: Error & { readonly code: string }) => void;

/** The asker has gone before the answer came. */
export class ReadAborted extends Error {
  override readonly name = 'AbortError';
}

/**
 * Asks the database in a thread of its own, over a connection that can only read, one question after the other. The
 * thread is made when it is first needed, and anew when it has died.
 *
 * SQLite cannot be interrupted in a walk. A question whose asker has gone is not begun; if it is under way its thread
 * is left to end by itself and the next question gets a new one, but there is never more than one such leftover: those
 * who change their mind with every key would fill the machine.
 */
export class ReadThread {
  readonly #workerUrl: URL;
  readonly #databaseFile: string;
  readonly #options: ReadThreadOptions;
  #queue: Waiting[] = [];
  #asked: Waiting | null = null;
  #worker: Worker | null = null;
  #leftover: Worker | null = null;
  #nextId = 0;
  #closed = false;

  /** @param workerUrl the built or source `read-worker` */
  constructor(workerUrl: URL, databaseFile: string, options: ReadThreadOptions = {}) {
    this.#options = options;
    this.#workerUrl = workerUrl;
    this.#databaseFile = databaseFile;
  }

  /** How many questions wait for their answer. */
  get waiting(): number {
    return this.#queue.length + (this.#asked === null ? 0 : 1);
  }

  /**
   * @throws ReadAborted; Error when the database cannot be read, with SQLite's `code`, or the thread died
   */
  ask<Method extends Read>(
    method: Method,
    args: Args<Method>,
    signal?: AbortSignal,
  ): Promise<Result<Method>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closed || signal?.aborted === true) {
        reject(new ReadAborted('nobody waits for the answer'));
        return;
      }
      const abort = (): void => {
        this.#abandon(waiting);
      };
      const waiting: Waiting = {
        order: { id: this.#nextId, method, args },
        resolve,
        reject,
        settled: () => signal?.removeEventListener('abort', abort),
      };
      this.#nextId += 1;
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.push(waiting);
      this.#next();
    }) as Promise<Result<Method>>;
  }

  /** Whoever still waits is told that nothing will come. */
  async close(): Promise<void> {
    this.#closed = true;
    const [worker, leftover] = [this.#worker, this.#leftover];
    this.#worker = null;
    this.#leftover = null;
    const waiting = [...this.#queue, ...(this.#asked === null ? [] : [this.#asked])];
    this.#queue = [];
    this.#asked = null;
    for (const one of waiting)
      settle(one, () => {
        one.reject(new ReadAborted('the station stops'));
      });
    await worker?.terminate();
    await leftover?.terminate();
  }

  #next(): void {
    if (this.#asked !== null || this.#closed) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#asked = next;
    this.#worker ??= this.#spawn();
    // A process that has nothing else to do lives until it has its answer, and no longer.
    this.#worker.ref();
    this.#worker.postMessage(next.order);
  }

  #abandon(waiting: Waiting): void {
    settle(waiting, () => {
      waiting.reject(new ReadAborted('nobody waits for the answer'));
    });
    this.#queue = this.#queue.filter((one) => one !== waiting);
    if (this.#asked !== waiting) return;
    const worker = this.#worker;
    if (worker === null || this.#leftover !== null) return;
    this.#leftover = worker;
    this.#worker = null;
    this.#asked = null;
    void worker.terminate();
    this.#next();
  }

  #spawn(): Worker {
    const { onSlow = () => undefined, slowMs } = this.#options;
    const workerData: ReadWorkerData = { databaseFile: this.#databaseFile, slowMs };
    const worker = new Worker(this.#workerUrl, { workerData });
    worker.on('message', (answer: ReadAnswer) => {
      for (const statement of answer.slow ?? []) onSlow(statement);
      const asked = this.#asked;
      const error = 'error' in answer ? this.#errorOf(answer) : null;
      if (this.#worker !== worker || asked?.order.id !== answer.id) return;
      this.#asked = null;
      worker.unref();
      settle(asked, () => {
        if (error !== null) asked.reject(error);
        else if ('value' in answer) asked.resolve(answer.value);
      });
      this.#next();
    });
    const ended = (error: Error): void => {
      if (this.#leftover === worker) this.#leftover = null;
      if (this.#worker !== worker) return;
      this.#worker = null;
      const asked = this.#asked;
      this.#asked = null;
      // Only the one it died of: the others have done nothing to it.
      if (asked !== null)
        settle(asked, () => {
          asked.reject(error);
        });
      this.#next();
    };
    worker.on('error', ended);
    worker.on('exit', () => {
      ended(new Error('the thread that reads the database ended'));
    });
    return worker;
  }

  /** What is wrong with the file matters to others, too, whether its asker still waits or not. */
  #errorOf({ error: message, code }: Extract<ReadAnswer, { error: string }>): Error {
    if (code === null) return new Error(message);
    const error = Object.assign(new Error(message), { code });
    this.#options.onError?.(error);
    return error;
  }
}

function settle(waiting: Waiting, tell: () => void): void {
  waiting.settled();
  tell();
}
