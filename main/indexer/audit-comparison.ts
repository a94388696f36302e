import { Worker } from 'node:worker_threads';

export interface AuditOrder {
  readonly databaseFile: string;
  readonly dataRoot: string;
  /** One 32-bit word: other than 0, it is to stop. */
  readonly stop: SharedArrayBuffer;
}

/** The rows that say that one of their files lies in this folder, and what does lie there. */
export interface ComparedFolder {
  /** Relative to the data folder, `/` at its end. */
  readonly folder: string;
  /** Rows whose file should be here. */
  readonly rows: number;
  readonly missing: number;
  /** There is no such folder. */
  readonly absent: boolean;
  /** Why it could not be listed; then nothing is said of its rows. */
  readonly problem: string | null;
}

export interface AuditAnswer {
  /** Recordings that should be here. What lies in the bin is not missed, here and below. */
  readonly rows: number;
  readonly folders: readonly ComparedFolder[];
  /** Ids of recordings one of whose files was not listed, each once. It may have come or been renamed meanwhile. */
  readonly missing: Float64Array;
  /** Recordings of which an audit had marked a file as gone that is not there still. */
  readonly goneBefore: number;
  /** Ids of recordings of which a file is there that an audit had marked as gone. */
  readonly back: Float64Array;
}

/**
 * Compares all rows with all names on the disk, in a thread of its own.
 * @param workerUrl the built or source `audit-worker`
 * @returns null when it was stopped
 * @throws Error when the database cannot be read
 */
export async function compareRowsWithFiles(
  workerUrl: URL,
  order: Omit<AuditOrder, 'stop'>,
  signal: AbortSignal,
): Promise<AuditAnswer | null> {
  if (signal.aborted) return null;
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(workerUrl, { workerData: { ...order, stop } satisfies AuditOrder });
  const onAbort = (): void => {
    const flag = new Int32Array(stop);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  };
  signal.addEventListener('abort', onAbort);
  try {
    return await new Promise((resolve, reject) => {
      let answer: AuditAnswer | null = null;
      worker.on('message', (message: AuditAnswer) => {
        answer = message;
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        if (answer !== null || signal.aborted) resolve(answer);
        else reject(new Error(`the audit's thread ended with ${String(code)}`));
      });
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
