/** Integer UTC milliseconds (the database's form) to ISO 8601 with `Z` (every edge's form). */
export function toInstant(utcMs: number): string {
  return new Date(utcMs).toISOString();
}
