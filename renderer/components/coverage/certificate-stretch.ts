import { addDays } from '../../app/format/days';
import { instantOf, startOfDay } from '../../app/format/instants';

export interface CertificateStretch {
  readonly kind: 'day' | 'night';
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** It is not over yet: the certificate ends now. */
  readonly soFar: boolean;
}

const MINUTE_MS = 60_000;

/**
 * What can be certified of a day (`YYYY-MM-DD`) and of the night that begins on it, noon to noon. What is not
 * over ends at the last full minute; what has hardly begun is left out.
 */
export function certificateStretches(
  day: string,
  timeZone: string,
  nowMs: number,
): readonly CertificateStretch[] {
  const whole = [
    { kind: 'day' as const, from: startOfDay(day, timeZone), to: startOfDay(day, timeZone, 1) },
    {
      kind: 'night' as const,
      from: instantOf(day, '12:00', timeZone),
      to: instantOf(addDays(day, 1), '12:00', timeZone),
    },
  ];
  const lastMinuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  return whole.flatMap(({ kind, from, to }): CertificateStretch[] => {
    if (from === null || to === null) return [];
    const endMs = Math.min(Date.parse(to), lastMinuteMs);
    if (endMs - Date.parse(from) < MINUTE_MS) return [];
    return [{ kind, from, to: new Date(endMs).toISOString(), soFar: endMs < Date.parse(to) }];
  });
}
