import { OrderThread } from '../process/order-thread';
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

/** A thread for the database's long work. It lives while there is some; one that dies is made anew for the next job. */
export class JobThread {
  readonly #thread: OrderThread<{ readonly kind: JobKind; readonly order: unknown }, JobReply>;
  #closed = false;

  /** @param url the built or source `database-worker` */
  constructor(url: URL, manner: WorkerManner['manner']) {
    this.#thread = new OrderThread({
      workerUrl: url,
      ended: 'the database worker ended',
      worker: { workerData: { manner } satisfies WorkerManner },
      keepsAlive: true,
    });
  }

  /** @throws Error with SQLite's `code`, or when the thread died */
  readonly run: RunJob = async (kind, order) => {
    if (this.#closed) throw new Error(STOPPED);
    try {
      const reply = await this.#thread.ask({ kind, order });
      if ('answer' in reply) return reply.answer as never;
      const { error, code } = reply;
      throw Object.assign(new Error(error), code === null ? {} : { code });
    } finally {
      // Minutes lie between two jobs, and a thread holds some ten megabytes.
      if (this.#thread.waiting === 0) void this.#thread.close();
    }
  };

  /** What is under way is broken off as soon as SQLite lets it be; nothing more is begun. */
  close(): void {
    this.#closed = true;
    void this.#thread.close(new Error(STOPPED));
  }
}
