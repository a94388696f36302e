import { z } from 'zod';

/** An instant at an edge of the station: ISO 8601, UTC, always with `Z`. */
export const instantSchema = z.iso.datetime({ offset: false });

/** Integer UTC milliseconds (the database's form) to ISO 8601 with `Z` (every edge's form). */
export function toInstant(utcMs: number): string {
  return new Date(utcMs).toISOString();
}
