import type { AuditAnswer, ComparedFolder } from './audit-comparison';

/** A folder that held so many recordings and holds none is not taken for emptied by hand. */
const MANY = 100;

/**
 * May the rows without files be marked? A disk or a folder that is not mounted looks as if somebody had deleted all
 * of it.
 * @param acceptLoss a person has looked, and the files are gone
 * @returns why not, in one sentence; null: they may
 */
export function refusalOf(
  { rows, missing, folders }: Pick<AuditAnswer, 'rows' | 'folders'> & { missing: number },
  acceptLoss: boolean,
): string | null {
  if (acceptLoss || missing === 0) return null;
  if (missing * 2 > rows) {
    return `${String(missing)} of ${String(rows)} recordings have no file here: nothing was marked. Is another disk mounted, or not all of it?`;
  }
  const emptied = folders.find(isEmptied);
  if (emptied === undefined) return null;
  return `Not one of the ${String(emptied.rows)} recordings of ${emptied.folder} is there: nothing was marked. Is that folder on a disk of its own?`;
}

function isEmptied({ rows, missing }: ComparedFolder): boolean {
  return rows >= MANY && missing === rows;
}
