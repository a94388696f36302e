import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../database/open-sqlite';
import { messageOf } from '../error-message';
import type { JanitorAnswer, JanitorOrder, JanitorWorkerData } from './janitor-thread';
import { PlanReader } from './plan-reader';
import { surveyStorage } from './storage-survey';

// Runs in a worker thread: a walk through millions of rows must not hold up the loop that watches the microphones.

const { databaseFile } = workerData as JanitorWorkerData;

/** Opened with the first order, so that whoever gives it is told when it cannot be. */
function openReadOnly() {
  const sqlite = openSqlite(databaseFile, { readonly: true });
  // Sorting must not write to a disk that may be full.
  sqlite.pragma('temp_store = MEMORY');
  return { sqlite, reader: new PlanReader(sqlite) };
}
let opened: ReturnType<typeof openReadOnly> | null = null;

function answer({ id, ...order }: JanitorOrder & { readonly id: number }): JanitorAnswer {
  try {
    const { sqlite, reader } = (opened ??= openReadOnly());
    return order.kind === 'plan'
      ? { id, kind: 'plan', value: reader.plan(order.request) }
      : { id, kind: 'survey', value: surveyStorage(sqlite, order.nowMs) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    return { id, kind: 'error', error: messageOf(error), code };
  }
}

parentPort?.on('message', (order: JanitorOrder & { readonly id: number }) => {
  parentPort?.postMessage(answer(order));
});
