import type { StationClient } from '@shared/contract';
import type { UploadAttempt } from '@shared/model/upload';
import { counted, megabytes, type Output, table } from './output';

const PAGE = 200;

export interface UploadsRequest {
  /** Of one remote; absent: of all. */
  readonly remote?: string;
  /** Of one recording; absent: of all. */
  readonly recording?: number;
  /** Only what failed. */
  readonly failed: boolean;
  readonly limit: number;
}

/** Attempts to upload, the newest first. */
export async function showUploads(
  client: StationClient,
  request: UploadsRequest,
  json: boolean,
  output: Output,
): Promise<void> {
  const attempts = await newest(client, request);
  if (json) {
    output.out(JSON.stringify(attempts));
    return;
  }
  const headings = [
    'AT',
    'REMOTE',
    'RECORDING',
    'RESULT',
    'SIZE',
    'TOOK',
    'WHERE, AND WHAT WAS SAID',
  ];
  if (attempts.length > 0)
    for (const line of table(headings, attempts.map(rowOf))) output.out(line);
  output.out(attempts.length === 0 ? 'no attempts' : counted(attempts.length, 'attempt'));
}

async function newest(client: StationClient, request: UploadsRequest): Promise<UploadAttempt[]> {
  const { remote, recording, failed, limit } = request;
  const filter = {
    ...(remote === undefined ? {} : { remote }),
    ...(recording === undefined ? {} : { recordingId: recording }),
    ...(failed ? { success: false } : {}),
  };
  const found: UploadAttempt[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<StationClient['uploads']['list']>> = await client.uploads.list({
      filter,
      limit: Math.min(PAGE, limit - found.length),
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < limit);
  return found;
}

function rowOf(attempt: UploadAttempt): string[] {
  const { at, remote, recordingId, success, code, sizeBytes, durationS, path, message } = attempt;
  return [
    at,
    remote,
    String(recordingId),
    success ? 'verified' : (code ?? 'failed'),
    sizeBytes === null ? '-' : megabytes(sizeBytes),
    durationS === null ? '-' : `${durationS.toFixed(1)} s`,
    message === '' ? path : `${path}: ${message}`,
  ];
}
