/**
 * An instant as GUANO wants it: local time with milliseconds and the UTC offset of the zone at that moment, e.g.
 * `2026-11-21T21:15:00.250+01:00`. UTC for a zone that does not exist.
 */
export function guanoTimestamp(utcMs: number, zone: string): string {
  const instant = Math.round(utcMs);
  const offsetMin = offsetMinutes(instant, zone);
  const local = new Date(instant + offsetMin * 60_000).toISOString().slice(0, -1);
  const ahead = Math.abs(offsetMin);
  const hours = String(Math.floor(ahead / 60)).padStart(2, '0');
  const minutes = String(ahead % 60).padStart(2, '0');
  return `${local}${offsetMin < 0 ? '-' : '+'}${hours}:${minutes}`;
}

function offsetMinutes(utcMs: number, zone: string): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(utcMs).find(({ type }) => type === 'timeZoneName')?.value;
    const match = /^GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '');
    if (match === null) return 0;
    const minutes = Number(match[2]) * 60 + Number(match[3]);
    return match[1] === '-' ? -minutes : minutes;
  } catch {
    return 0; // metadata must not keep a recording from being kept
  }
}
