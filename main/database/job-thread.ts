import { Worker } from 'node:worker_threads';
import type { JobKind, RunJob } from './jobs';

/** `patient`: stands behind every other thread; for what reads much and holds nobody up. */
export interface WorkerManner {
  readonly manner: 'patient' | 'brisk';
}

export interface JobMessage {
  readonly id: number;
  readonly kind: JobKind;
  readonly order: never;
}

export type JobReply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string; readonly code: string | null };

const STOPPED = 'the database worker was stopped';

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** A thread for the database's long work. It lives while there is some; one that dies is made anew for the next job. */
export class JobThread {
  readonly #url: URL;
  readonly #manner: WorkerManner['manner'];
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #nextId = 0;
  #closed = false;

  /** @param url the built or source `database-worker` */
  constructor(url: URL, manner: WorkerManner['manner']) {
    this.#url = url;
    this.#manner = manner;
  }

  /** @throws Error with SQLite's `code`, or when the thread died */
  readonly run: RunJob = async (kind, order) => {
    if (this.#closed) throw new Error(STOPPED);
    const worker = (this.#worker ??= this.#spawn());
    const id = this.#nextId;
    this.#nextId += 1;
    try {
      return await new Promise((resolve: (answer: never) => void, reject) => {
        this.#waiting.set(id, { resolve, reject });
        worker.postMessage({ id, kind, order });
      });
    } finally {
      // Minutes lie between two jobs, and a thread holds some ten megabytes.
      if (this.#waiting.size === 0 && this.#worker === worker) this.#letGo();
    }
  };

  /** What is under way is broken off as soon as SQLite lets it be; nothing more is begun. */
  close(): void {
    this.#closed = true;
    this.#letGo();
    this.#rejectAll(new Error(STOPPED));
  }

  #letGo(): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #spawn(): Worker {
    const worker = new Worker(this.#url, {
      workerData: { manner: this.#manner } satisfies WorkerManner,
    });
    worker.on('message', (reply: JobReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('answer' in reply) waiting?.resolve(reply.answer as never);
      else {
        const { error, code } = reply;
        waiting?.reject(Object.assign(new Error(error), code === null ? {} : { code }));
      }
    });
    const fail = (error: Error): void => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#rejectAll(error);
    };
    worker.on('error', fail);
    worker.on('exit', () => {
      fail(new Error('the database worker ended'));
    });
    return worker;
  }
}
