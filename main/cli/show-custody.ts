import type { StationClient } from '@shared/contract';
import type { Copy, Custody, CustodyState } from '@shared/model/custody';
import { type Output, printable, table } from './output';

const STATES: Readonly<Record<CustodyState, string>> = {
  local_only: 'Only here: no remote has it.',
  uploaded: 'Here, and sent; not every remote that is to have it was read back.',
  verified: 'Here, and read back from every remote that is to have it.',
  local_deleted: 'Deleted here; a copy of it was read back.',
  fetched_back: 'Here again: it was fetched back.',
  lost: 'NOT HERE, AND NO COPY OF IT WAS READ BACK.',
};

/** Where one recording is, and what that rests on. */
export async function showCustody(
  client: StationClient,
  recordingId: number,
  json: boolean,
  output: Output,
): Promise<void> {
  tell(await client.custody.get({ recordingId }), json, output);
}

/** Answers when it is here. */
export async function fetchBack(
  client: StationClient,
  recordingId: number,
  json: boolean,
  output: Output,
): Promise<void> {
  tell(await client.custody.fetch({ recordingId }), json, output);
}

function tell(custody: Custody, json: boolean, output: Output): void {
  if (json) {
    output.out(JSON.stringify(custody));
    return;
  }
  for (const line of custodyLines(custody)) output.out(printable(line));
}

/** The custody of a recording as a person reads it. */
export function custodyLines({
  recordingId,
  state,
  copies,
  deleted,
  fetchedBack,
}: Custody): string[] {
  const lines = [`Recording ${String(recordingId)}: ${STATES[state]}`];
  if (deleted !== null) {
    const words = [deleted.mode, deleted.reason].filter((word) => word !== '').join(', ');
    lines.push(`Deleted here at ${deleted.at}${words === '' ? '' : ` (${words})`}.`);
  }
  if (fetchedBack !== null) {
    const { at, remote, sha256Matches } = fetchedBack;
    const what = sha256Matches ? 'what was recorded' : 'NOT WHAT WAS RECORDED, but what was sent';
    lines.push(`Fetched back from ${remote} at ${at}: ${what}.`);
  }
  if (copies.length === 0) return lines;
  const headings = ['REMOTE', 'STATE', 'READ BACK', 'BY', 'SENT', 'ATTEMPTS', 'PATH'];
  return [...lines, ...table(headings, copies.map(rowOf))];
}

function rowOf(copy: Copy): string[] {
  const { remote, state, code, verifiedAt, verifiedBy, uploadedAt, attempts, path } = copy;
  return [
    remote,
    code === null ? state : `${state} (${code})`,
    verifiedAt ?? '-',
    verifiedBy ?? '-',
    uploadedAt ?? '-',
    String(attempts),
    path,
  ];
}
