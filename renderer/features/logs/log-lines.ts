import type { LogRecord } from '@shared/model/log';

/** Lines kept on the page; the station's own files keep everything. */
export const MAX_LINES = 2000;

export type LogLine =
  | { readonly kind: 'record'; readonly key: number; readonly record: LogRecord }
  /** `count` null: how many cannot be known, because a filter hides sequence numbers too. */
  | { readonly kind: 'missed'; readonly key: number; readonly count: number | null }
  | { readonly kind: 'restarted'; readonly key: number };

export interface LogLines {
  readonly lines: readonly LogLine[];
  /** Lines ever added and ever dropped at the front. */
  readonly added: number;
  readonly dropped: number;
  readonly last: Pick<LogRecord, 'sequence' | 'time'> | null;
}

export const NO_LINES: LogLines = { lines: [], added: 0, dropped: 0, last: null };

/**
 * Adds records in the order they were received. Repeated ones are left out (a tail and a watch overlap);
 * a jump in the sequence is shown as missed where `complete` says that no filter could explain it; a sequence
 * that begins anew is a restart of the station.
 */
export function appendRecords(
  log: LogLines,
  records: readonly LogRecord[],
  { complete, maybeMissed = false }: { complete: boolean; maybeMissed?: boolean },
): LogLines {
  const lines: LogLine[] = [...log.lines];
  let { added, last } = log;
  let doubt = maybeMissed;
  for (const record of records) {
    if (last !== null && record.sequence <= last.sequence) {
      if (record.time <= last.time) continue;
      lines.push({ kind: 'restarted', key: added++ });
    } else if (last !== null && complete && record.sequence > last.sequence + 1) {
      lines.push({ kind: 'missed', key: added++, count: record.sequence - last.sequence - 1 });
    } else if (last !== null && doubt) {
      lines.push({ kind: 'missed', key: added++, count: null });
    }
    doubt = false;
    lines.push({ kind: 'record', key: added++, record });
    last = { sequence: record.sequence, time: record.time };
  }
  if (added === log.added) return log;
  const excess = Math.max(0, lines.length - MAX_LINES);
  return { lines: lines.slice(excess), added, dropped: log.dropped + excess, last };
}

/** What is shown, as newline-delimited JSON. */
export function toNdjson(lines: readonly LogLine[]): string {
  return lines
    .filter((line) => line.kind === 'record')
    .map((line) => `${JSON.stringify(line.record)}\n`)
    .join('');
}
