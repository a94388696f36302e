import { useMediaQuery } from '@mantine/hooks';

/** The width at which the page takes its touchscreen form; the style sheets say the same number. */
export const COMPACT_QUERY = '(max-width: 56.25em)';

/** The small screen: bottom bar, drawers instead of side panels. */
export function useCompact(): boolean {
  return useMediaQuery(COMPACT_QUERY, undefined, { getInitialValueInEffect: false });
}

/** Fingers or gloves rather than a mouse: rows and targets of 56 px. */
export function useTouch(): boolean {
  return useMediaQuery(`(pointer: coarse), ${COMPACT_QUERY}`, undefined, {
    getInitialValueInEffect: false,
  });
}
