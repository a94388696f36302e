import type { StationClient } from '@shared/contract';
import type { PastAlert } from '@shared/model/station';
import { counted, type Output, table } from './output';

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
  const alerts = request.all
    ? await history(client, request.limit)
    : (await client.station.snapshot()).alerts
        .slice(0, request.limit)
        .map((alert) => ({ ...alert, clearedAt: null }));
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
  output.out(rows.length === 0 ? 'nothing is wrong' : counted(rows.length, 'alert'));
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
