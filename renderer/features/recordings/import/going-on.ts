import type { Import } from '@shared/model/import';

/** Something still moves; else it has ended, or rests until somebody lets it go on. */
export function isGoingOn({ state }: Pick<Import, 'state'>): boolean {
  return state === 'scanning' || state === 'copying';
}
