import type { LogFilter, LogLevel, LogRecord } from '@shared/model/log';

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4 };

/** Does a reader with this filter want this record? */
export function passes(filter: LogFilter, record: LogRecord): boolean {
  if (RANK[record.level] < RANK[filter.level]) return false;
  if (filter.service !== undefined && record.service !== filter.service) return false;
  if (filter.search === undefined || filter.search === '') return true;
  const wanted = filter.search.toLowerCase();
  return (
    record.event.toLowerCase().includes(wanted) ||
    record.message.toLowerCase().includes(wanted) ||
    JSON.stringify(record.fields).toLowerCase().includes(wanted)
  );
}
