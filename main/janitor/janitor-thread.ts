import { OrderThread } from '../process/order-thread';
import type { PlanOutcome, PlanRequest } from './plan-reader';
import type { StorageSurvey } from './storage-survey';

export interface JanitorWorkerData {
  readonly databaseFile: string;
}

export type JanitorOrder =
  | { readonly kind: 'plan'; readonly request: PlanRequest }
  | { readonly kind: 'survey'; readonly nowMs: number };

export type JanitorAnswer = { readonly id: number } & (
  | { readonly kind: 'plan'; readonly value: PlanOutcome }
  | { readonly kind: 'survey'; readonly value: StorageSurvey }
  | { readonly kind: 'error'; readonly error: string; readonly code: string | null }
);

/** SQLite could not answer; `code` is its own, null: something else went wrong there. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError';
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

/** Walks through the database for the janitor, where it holds nobody up. */
export class JanitorThread {
  readonly #thread: OrderThread<JanitorOrder, JanitorAnswer>;

  /** @param workerUrl the built or source `janitor-worker` */
  constructor(workerUrl: URL, databaseFile: string) {
    const workerData: JanitorWorkerData = { databaseFile };
    this.#thread = new OrderThread({
      workerUrl,
      ended: 'the thread that plans deletions ended',
      worker: { workerData },
    });
  }

  /** @throws ThreadError; Error when the thread died */
  async plan(request: PlanRequest): Promise<PlanOutcome> {
    const answer = await this.#ask({ kind: 'plan', request });
    if (answer.kind !== 'plan') throw new Error('the thread answered something else');
    return answer.value;
  }

  /** @throws ThreadError; Error when the thread died */
  async survey(nowMs: number): Promise<StorageSurvey> {
    const answer = await this.#ask({ kind: 'survey', nowMs });
    if (answer.kind !== 'survey') throw new Error('the thread answered something else');
    return answer.value;
  }

  async close(): Promise<void> {
    await this.#thread.close(new Error('the janitor stops'));
  }

  async #ask(order: JanitorOrder): Promise<Exclude<JanitorAnswer, { kind: 'error' }>> {
    const answer = await this.#thread.ask(order);
    if (answer.kind !== 'error') return answer;
    // Its connection may be of a file that is not there any more: the next order opens it anew.
    await this.#thread.close();
    throw new ThreadError(answer.error, answer.code);
  }
}
