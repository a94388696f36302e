import type { AuditAnswer, ComparedFolder } from './audit-comparison';

/** A place that held so many files and holds none is not taken for emptied by hand. */
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
  const emptied = [...placesOf(folders), ...folders].find(isEmptied);
  if (emptied === undefined) return null;
  return `Not one of the ${String(emptied.rows)} files of recordings in ${emptied.folder} is there: nothing was marked. Is that folder on a disk of its own?`;
}

type Held = Pick<ComparedFolder, 'folder' | 'rows' | 'missing'>;

function isEmptied({ rows, missing }: Held): boolean {
  return rows >= MANY && missing === rows;
}

/** What may be on a disk of its own, as a whole: imports lie in hundreds of folders of few files each. */
function placesOf(folders: readonly Held[]): Held[] {
  const places = new Map<string, { folder: string; rows: number; missing: number }>();
  for (const { folder, rows, missing } of folders) {
    const name = placeOf(folder);
    const place = places.get(name) ?? { folder: name, rows: 0, missing: 0 };
    place.rows += rows;
    place.missing += missing;
    places.set(name, place);
  }
  return [...places.values()];
}

/** `imported/`, `recorder/<workspace>/` */
function placeOf(folder: string): string {
  const [top = '', workspace = ''] = folder.split('/');
  return top === 'recorder' ? `${top}/${workspace}/` : `${top}/`;
}
