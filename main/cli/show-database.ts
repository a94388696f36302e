import type { StationClient } from '@shared/contract';
import type { DatabaseStatus } from '@shared/model/database';
import { counted, megabytes, type Output, printable, table } from './output';

export async function showDatabase(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const status = await client.database.status();
  if (json) {
    output.out(JSON.stringify(status));
    return;
  }
  for (const line of databaseLines(status)) output.out(printable(line));
  const rows = status.backups.map(({ name, at, why, sizeBytes }) => [
    at,
    why,
    megabytes(sizeBytes),
    name,
  ]);
  if (rows.length === 0) output.out('There is no copy of it yet.');
  else for (const line of table(['COPY OF', 'WHY', 'SIZE', 'FILE'], rows)) output.out(line);
}

/** Makes a copy and tells of it. */
export async function backUpDatabase(
  client: StationClient,
  json: boolean,
  output: Output,
): Promise<void> {
  const made = await client.database.backUp();
  const text = `Copied and verified: backups/${made.name} (${megabytes(made.sizeBytes)})`;
  output.out(json ? JSON.stringify(made) : text);
}

function databaseLines(status: DatabaseStatus): string[] {
  const { sizeBytes, logBytes, freeBytes, lastCheck, restored, backupProblem, slow } = status;
  const size = `${megabytes(sizeBytes)}, ${megabytes(freeBytes)} of it free; log ${megabytes(logBytes)}`;
  const lines = [`The database: ${size}.`];
  if (lastCheck === null) lines.push('It was not read whole yet.');
  else if (lastCheck.damage === null) lines.push(`Read whole at ${lastCheck.at}: it is well.`);
  else lines.push(`Read whole at ${lastCheck.at}: DAMAGED: ${lastCheck.damage}`);
  if (slow.statements > 0) {
    const longest = `the longest ${String(Math.round(slow.longestMs))} ms`;
    lines.push(`${counted(slow.statements, 'statement')} held up the station; ${longest}.`);
  }
  if (restored !== null) {
    const source = restored.from ?? 'nothing: there was no copy';
    lines.push(
      `Restored at ${restored.at} from ${source}, because ${restored.reason}. What was changed after that copy was made is lost. Until an audit has passed nothing is deleted on its word.`,
    );
  }
  if (backupProblem !== null) lines.push(`The last copy FAILED: ${backupProblem}`);
  return lines;
}
