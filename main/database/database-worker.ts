import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { JobMessage, JobReply, WorkerManner } from './job-thread';
import { runHere } from './jobs.ts';
import { messageOf } from '../error-message.ts';

// Runs in a worker thread: no check, copy or clearing-up of the database may hold up the loop that watches the
// microphones.

if ((workerData as WorkerManner).manner === 'patient') standBack();

parentPort?.on('message', ({ id, kind, order }: JobMessage) => {
  const reply = (message: JobReply): void => parentPort?.postMessage(message);
  runHere(kind, order).then(
    (answer) => {
      reply({ id, answer });
    },
    (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : null;
      reply({ id, error: messageOf(error), code });
    },
  );
});

/** This thread after all others. Never while it writes: whoever waits for its lock would stand back with it. */
function standBack(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 15);
  } catch {
    // It works at the pace of the others then.
  }
}
