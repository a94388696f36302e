import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../database/open-sqlite';
import { type SlowStatement, watchStatements } from '../database/statement-watch';
import { messageOf } from '../error-message';
import type { Read, ReadAnswer, ReadOrder, ReadWorkerData } from './read-thread';
import { RecordingSearch } from './search';

// Runs in a worker thread: a walk through millions of rows must not hold up the loop that watches the microphones.

const { databaseFile, slowMs } = workerData as ReadWorkerData;
const sqlite = openSqlite(databaseFile, { readonly: true });
// Sorting a large find must not write to a disk that may be full.
sqlite.pragma('temp_store = MEMORY');
// Megabytes of what is looked at again and again; SQLite's own two are a page of rows.
sqlite.pragma('cache_size = -32768');
let slow: SlowStatement[] = [];
watchStatements(sqlite, {
  monotonicMs: () => performance.now(),
  onSlow: (statement) => slow.push(statement),
  onDamage: () => undefined, // told with the error that the asker gets
  ...(slowMs === undefined ? {} : { slowMs }),
});
const search = new RecordingSearch(sqlite);

function answer({ id, method, args }: ReadOrder): ReadAnswer {
  try {
    const reads = search as unknown as Record<Read, (...given: readonly unknown[]) => unknown>;
    const value = reads[method](...args);
    const isNumbers = method === 'ids' || method === 'purgeable';
    return { id, slow, value: isNumbers ? Float64Array.from(value as number[]) : value };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    return { id, slow, error: messageOf(error), code };
  }
}

parentPort?.on('message', (order: ReadOrder) => {
  slow = [];
  const told = answer(order);
  const handedOver = 'value' in told && told.value instanceof Float64Array;
  parentPort?.postMessage(told, handedOver ? [told.value.buffer as ArrayBuffer] : []);
});
