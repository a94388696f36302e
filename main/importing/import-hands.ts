import { Worker } from 'node:worker_threads';
import type {
  ExpectedFile,
  FoundItem,
  ImportOrder,
  KeptFile,
  Taken,
  TakeRequest,
  WorkerSetUp,
  WorkerWord,
} from './import-orders';

/** What the worker thread found, to be written down before it looks on. */
export type OnFound = (items: readonly FoundItem[], listed: readonly string[]) => void;

interface Open {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onFound: OnFound | null;
}

/** How long a thread may take to notice that it is to stop: a disk may hang. */
const STOP_PATIENCE_MS = 5_000;

/** Does the work of one import on a thread of its own. One order at a time. */
export class ImportHands {
  readonly #worker: Worker;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  #open: Open | null = null;
  #bytes = 0;
  #gone: Error | null = null;

  /** @param workerUrl the built or source `import-worker` */
  constructor(workerUrl: URL, setUp: Omit<WorkerSetUp, 'stop'>) {
    const workerData: WorkerSetUp = { ...setUp, stop: this.#stop.buffer };
    this.#worker = new Worker(workerUrl, { workerData, execArgv: [] });
    this.#worker.on('message', this.#onWord);
    this.#worker.on('error', (error) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', () => {
      this.#fail(new Error('the import’s own thread ended'));
    });
  }

  /** Of the file that is being copied now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Makes the folders and removes what a killed console left. @throws Error */
  async prepare(): Promise<void> {
    await this.#order({ do: 'prepare' });
  }

  /** @returns false when it was stopped before the end @throws Error */
  async find(sources: readonly string[], onFound: OnFound): Promise<boolean> {
    return (await this.#order({ do: 'find', sources }, onFound)) === true;
  }

  /** Throws only when the thread itself is gone. */
  async take(request: TakeRequest): Promise<Taken> {
    this.#bytes = 0;
    try {
      return (await this.#order({ do: 'take', ...request })) as Taken;
    } finally {
      this.#bytes = 0;
    }
  }

  /** Forces copies to the disk. @throws Error with a `code` */
  async settle(files: readonly KeptFile[]): Promise<void> {
    await this.#order({ do: 'settle', files });
  }

  /** Gives settled copies their places. @throws Error with a `code` */
  async place(files: readonly KeptFile[]): Promise<void> {
    await this.#order({ do: 'place', files });
  }

  /** @returns for each whether it is there as its row tells @throws Error with a `code` */
  async look(files: readonly ExpectedFile[]): Promise<boolean[]> {
    return (await this.#order({ do: 'look', files })) as boolean[];
  }

  async drop(copies: readonly string[]): Promise<void> {
    await this.#order({ do: 'drop', copies });
  }

  /** What is under way ends as soon as can be. */
  halt(): void {
    Atomics.store(this.#stop, 0, 1);
  }

  /** Ends the thread; one that hangs in a dead disk is left to itself. */
  async close(): Promise<void> {
    this.halt();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_PATIENCE_MS);
    });
    await Promise.race([this.#worker.terminate(), patience]);
    clearTimeout(timer);
  }

  #order(order: ImportOrder, onFound: OnFound | null = null): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== null) {
        reject(this.#gone);
        return;
      }
      this.#open = { resolve, reject, onFound };
      this.#worker.postMessage(order);
    });
  }

  readonly #onWord = (word: WorkerWord): void => {
    const open = this.#open;
    switch (word.say) {
      case 'progress':
        this.#bytes = word.bytes;
        return;
      case 'found':
        this.#writeDown(open, word);
        return;
      case 'done':
        this.#open = null;
        open?.resolve(word.answer);
        return;
      case 'failed':
        this.#open = null;
        open?.reject(Object.assign(new Error(word.message), { code: word.code }));
    }
  };

  #writeDown(open: Open | null, word: Extract<WorkerWord, { say: 'found' }>): void {
    try {
      open?.onFound?.(word.items, word.listed);
      this.#worker.postMessage('go on');
    } catch (error) {
      this.#open = null;
      open?.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    this.#gone ??= error;
    const open = this.#open;
    this.#open = null;
    open?.reject(error);
  }
}
