import type { StationClient } from '@shared/contract';
import type { WorkerStatus } from '@shared/model/analysis';
import { counted, type Output, printable, table } from './output';
import { noConsole } from './queries';

/** What is made of the recordings, and how far each worker is; with `retry` it first tries again what it failed at. */
export async function showAnalysis(
  client: StationClient,
  retry: string | undefined,
  json: boolean,
  output: Output,
): Promise<void> {
  const again = retry === undefined ? null : await client.analysis.retry({ worker: retry });
  const { station } = await client.station.snapshot();
  const workers = await client.analysis.workers();
  if (json) {
    output.out(JSON.stringify(workers));
    return;
  }
  if (!station.running) output.out(printable(noConsole(station.lastConsole)));
  const headings = ['WORKER', 'VERSION', 'STATE', 'WAITING', 'DONE', 'FAILED', 'LAST ERROR'];
  const rows = workers.map((worker) => [
    worker.name,
    worker.version,
    station.running || !worker.enabled ? worker.state : 'waits for a console',
    String(worker.backlog),
    String(worker.done),
    String(worker.failed),
    errorOf(worker),
  ]);
  for (const line of table(headings, rows)) output.out(line);
  if (again !== null) output.out(`${counted(again.jobs, 'recording')} to be tried again`);
}

function errorOf({ lastError }: WorkerStatus): string {
  if (lastError === null) return '-';
  const { at, recordingId, detail } = lastError;
  return `${at} recording ${String(recordingId)}: ${detail}`;
}
