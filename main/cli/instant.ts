import { InvalidArgumentError } from 'commander';

const WRITTEN =
  /^(?<wall>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?)(?<zone>Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;

/**
 * A day or a time as people write it, in UTC or with its offset: `2026-11-21`, `2026-11-21T18:00Z`,
 * `2026-11-21T19:00:00+01:00`.
 * @returns ISO 8601 with milliseconds and `Z`
 * @throws commander's InvalidArgumentError
 */
export function instant(text: string): string {
  const { wall, zone } = WRITTEN.exec(text)?.groups ?? {};
  const isDay = wall?.includes('T') === false;
  // A day has no offset, and a time without one could be anybody's.
  const ms = wall !== undefined && isDay === (zone === undefined) ? Date.parse(text) : Number.NaN;
  if (wall === undefined || Number.isNaN(ms) || !exists(wall)) {
    throw new InvalidArgumentError(
      'Expected a date or a UTC time, e.g. 2026-11-21T18:00:00Z, or one with its offset, e.g. 2026-11-21T19:00+01:00.',
    );
  }
  return new Date(ms).toISOString();
}

/** A day or an hour that does not exist is read as the one after. */
function exists(wall: string): boolean {
  const asUtc = wall.includes('T') ? `${wall}Z` : wall;
  const ms = Date.parse(asUtc);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(wall.slice(0, 13));
}
