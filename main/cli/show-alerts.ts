import type { StationClient } from '@shared/contract';
import type { PastAlert } from '@shared/model/station';
import { counted, type Output, printable, table } from './output';
import { noConsole } from './queries';

const PAGE = 1000;

export interface AlertsRequest {
  /** Those that are over, too. */
  readonly all: boolean;
  readonly limit: number;
}

/** What is wrong now, the oldest first; or everything that is remembered, the newest first. */
export async function showAlerts(
  client: StationClient,
  request: AlertsRequest,
  json: boolean,
  output: Output,
): Promise<void> {
  const { station, alerts: open } = await client.station.snapshot();
  const alerts = request.all
    ? await history(client, request.limit)
    : open.slice(0, request.limit).map((alert) => ({ ...alert, clearedAt: null }));
  if (json) {
    output.out(JSON.stringify(alerts));
    return;
  }
  const rows = alerts.map((alert) => [
    alert.level,
    alert.code,
    alert.since,
    alert.clearedAt ?? 'open',
    alert.subject ?? '-',
    alert.evidence,
  ]);
  const headings = ['LEVEL', 'ALERT', 'SINCE', 'CLEARED', 'ABOUT', 'EVIDENCE'];
  if (rows.length > 0) for (const line of table(headings, rows)) output.out(line);
  if (station.running) {
    output.out(rows.length === 0 ? 'nothing is wrong' : counted(rows.length, 'alert'));
    return;
  }
  // Where nobody watches nobody knows what is wrong.
  output.out(printable(noConsole(station.lastConsole)));
  output.out(`${counted(rows.length, 'alert')}, as of then`);
}

async function history(client: StationClient, limit: number): Promise<PastAlert[]> {
  const found: PastAlert[] = [];
  for (;;) {
    const beforeId = found.at(-1)?.id;
    const wanted = Math.min(PAGE, limit - found.length);
    const page = await client.alerts.history({
      limit: wanted,
      ...(beforeId === undefined ? {} : { beforeId }),
    });
    found.push(...page);
    if (page.length < wanted || found.length >= limit) return found;
  }
}
