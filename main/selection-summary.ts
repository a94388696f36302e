import type { RecordingFilter, Selection } from '@shared/model/recording';

/** So many numbers say which recordings; more say no more than how many they are. */
const MOST_NUMBERS = 100;

/**
 * What a selection says in an audit row, which nobody can ever change: not the words it was found by, which may be a
 * person's name.
 */
export function selectionSummary(selection: Selection): unknown {
  if (!('ids' in selection)) return { filter: withoutWords(selection.filter) };
  return selection.ids.length <= MOST_NUMBERS ? selection : { ids: selection.ids.length };
}

function withoutWords({ text, tags, ...filter }: RecordingFilter): unknown {
  return {
    ...filter,
    ...(text === undefined ? {} : { text: '…' }),
    ...(tags === undefined ? {} : { tags: tags.length }),
  };
}
