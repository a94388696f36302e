import type { ImportState } from '@shared/model/import';
import { counted } from './output';

const ENDS: Readonly<Record<ImportState, string | null>> = {
  scanning: null,
  copying: null,
  done: '.',
  paused: ' so far; it goes on at the next start.',
  cancelled: ', then it was cancelled.',
  failed: ', then it could not go on.',
};

/** How an import ended, in one sentence; null while it goes on. @param imported files of it that are recordings */
export function importEnd(change: {
  readonly id: number;
  readonly state: ImportState;
  readonly imported: number;
}): string | null {
  const end = ENDS[change.state];
  if (end === null) return null;
  return `Import ${String(change.id)}: imported ${counted(change.imported, 'file')}${end}`;
}
