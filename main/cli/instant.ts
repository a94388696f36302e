import { InvalidArgumentError } from 'commander';

/**
 * A day or a time as people write it, in UTC: `2026-11-21`, `2026-11-21T18:00Z`, `2026-11-21T18:00:00Z`.
 * @returns ISO 8601 with milliseconds and `Z`
 * @throws commander's InvalidArgumentError
 */
export function instant(text: string): string {
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/;
  const ms = iso.test(text) ? Date.parse(text) : Number.NaN;
  // A day or an hour that does not exist is read as the one after.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text.slice(0, 13))) {
    throw new InvalidArgumentError('Expected a date or a UTC time, e.g. 2026-11-21T18:00:00Z.');
  }
  return new Date(ms).toISOString();
}
