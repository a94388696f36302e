import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../database/open-sqlite';
import { messageOf } from '../error-message';
import type { Read, ReadAnswer, ReadOrder } from './read-thread';
import { RecordingSearch } from './search';

// Runs in a worker thread: a walk through millions of rows must not hold up the loop that watches the microphones.

const { databaseFile } = workerData as { readonly databaseFile: string };
const sqlite = openSqlite(databaseFile, { readonly: true });
// Sorting a large find must not write to a disk that may be full.
sqlite.pragma('temp_store = MEMORY');
// Megabytes of what is looked at again and again; SQLite's own two are a page of rows.
sqlite.pragma('cache_size = -32768');
const search = new RecordingSearch(sqlite);

function answer({ id, method, args }: ReadOrder): ReadAnswer {
  try {
    const reads = search as unknown as Record<Read, (...given: readonly unknown[]) => unknown>;
    return { id, value: reads[method](...args) };
  } catch (error) {
    return { id, error: messageOf(error) };
  }
}

parentPort?.on('message', (order: ReadOrder) => {
  parentPort?.postMessage(answer(order));
});
