import { Worker } from 'node:worker_threads';
import type { SignalHealth } from '@shared/model/recorder';
import type { SampleLayout } from './signal-meter';

/** Where the samples of a file lie. */
export interface SampleArea extends SampleLayout {
  /** Of the first sample in the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface HashOrder {
  readonly id: number;
  readonly path: string;
  /** null: the hash only. */
  readonly area: SampleArea | null;
}

export type HashAnswer =
  { readonly id: number; readonly error: string } | ({ readonly id: number } & FileDigest);

export interface FileDigest {
  /** 64 lower-case hexadecimal characters. */
  readonly sha256: string;
  /** null: not asked for, or no whole frame. */
  readonly signal: SignalHealth | null;
}

/** Computes SHA-256 of whole files off the main thread, one after the other; measures what they sound like in passing. */
export class Sha256 {
  readonly #workerUrl: URL;
  readonly #waiting = new Map<
    number,
    { resolve: (digest: FileDigest) => void; reject: (error: Error) => void }
  >();
  #worker: Worker | null = null;
  #nextId = 0;

  /** @param workerUrl the built or source `sha256-worker` */
  constructor(workerUrl: URL) {
    this.#workerUrl = workerUrl;
  }

  /**
   * Reads a file once.
   * @throws Error when the file cannot be read, or the worker died
   */
  digest(path: string, area: SampleArea | null): Promise<FileDigest> {
    const worker = (this.#worker ??= this.#spawn());
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, path, area } satisfies HashOrder);
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
    worker.on('message', (answer: HashAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve({ sha256: answer.sha256, signal: answer.signal });
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
