/**
 * The name of a promoted segment, the same in both streams:
 * `YYYY-MM-DDTHH-MM-SSZ_<duration>s_<run>_<sequence 8 digits>.wav`. The time is the start, in UTC.
 */
export interface SegmentName {
  /** Start, UTC milliseconds, whole seconds only: the exact time is in the run's ledger. */
  readonly startMs: number;
  readonly durationS: number;
  readonly runId: string;
  readonly sequence: number;
}

const PATTERN =
  /^(?<date>\d{4}-\d{2}-\d{2})T(?<h>\d{2})-(?<m>\d{2})-(?<s>\d{2})Z_(?<duration>\d{1,9}(?:\.\d+)?)s_(?<run>[0-9a-f]{8})_(?<sequence>\d{8,15})(?:\.\d+)?\.wav$/;

/** `durationS` is written as a whole number where it is one, else in milliseconds. */
export function formatSegmentName(name: SegmentName): string {
  const instant = new Date(name.startMs).toISOString();
  const time = `${instant.slice(0, 10)}T${instant.slice(11, 19).replaceAll(':', '-')}Z`;
  const rounded = Math.round(name.durationS * 1000) / 1000;
  const duration = Number.isInteger(rounded) ? String(rounded) : rounded.toFixed(3);
  return `${time}_${duration}s_${name.runId}_${String(name.sequence).padStart(8, '0')}.wav`;
}

/** null for any name that the station did not give. */
export function parseSegmentName(fileName: string): SegmentName | null {
  const groups = PATTERN.exec(fileName)?.groups;
  if (groups === undefined) return null;
  const { date = '', h = '', m = '', s = '', duration, run = '', sequence } = groups;
  const time = `${date}T${h}:${m}:${s}`;
  const startMs = Date.parse(`${time}Z`);
  // A day or an hour that does not exist is read as the one after.
  if (Number.isNaN(startMs) || !new Date(startMs).toISOString().startsWith(time)) return null;
  return { startMs, durationS: Number(duration), runId: run, sequence: Number(sequence) };
}
