import type { Settings } from '@shared/model/settings';

const DAY_MS = 24 * 3_600_000;

/** Rows of the station's own past that are old enough to go. */
export interface Outdated {
  readonly table: 'alerts' | 'gaps' | 'import_items' | 'imports';
  readonly where: string;
  readonly values: readonly number[];
}

const FINISHED_BEFORE = "state in ('done', 'cancelled', 'failed') and finished_at_ms < ?";

/**
 * What goes of the station's own past, in this order. What lasts stays however old it is: an open alert, an open gap, an
 * import that is not over; and a gap whose time comes from a clock that was wrong.
 * @param nowMs by a clock that is known to be right
 */
export function outdatedHistory(history: Settings['history'], nowMs: number): Outdated[] {
  const { alerts_days, gaps_days, imports_days } = history;
  const plan: Outdated[] = [];
  const before = (days: number): number => nowMs - days * DAY_MS;
  if (alerts_days !== null) {
    const limit = before(alerts_days);
    plan.push({ table: 'alerts', where: 'cleared_at_ms < ?', values: [limit] });
  }
  if (gaps_days !== null) {
    const where = 'to_ms < ? and provisional_boot is null';
    plan.push({ table: 'gaps', where, values: [before(gaps_days)] });
  }
  if (imports_days !== null) {
    const values = [before(imports_days)];
    const ofOld = `import_id in (select id from imports where ${FINISHED_BEFORE})`;
    plan.push({ table: 'import_items', where: ofOld, values });
    plan.push({ table: 'imports', where: FINISHED_BEFORE, values });
  }
  return plan;
}
