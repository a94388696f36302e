import type { Recording, RecordingFilter, Selection } from '@shared/model/recording';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useStation } from '../../app/station-context';
import { selectionOf, type Marked } from './marked-rows';
import {
  changeRows,
  mergeNewest,
  withoutRows,
  type RecordingPage,
  type RecordingPages,
} from './recording-rows';

/** What was just done, for words and for the way back. */
interface Done {
  readonly kind: 'discarded' | 'restored' | 'tagged' | 'protected' | 'unprotected' | 'undone';
  readonly count: number;
  /** Of a deletion: those that stayed because they are protected. */
  readonly stayed: number;
  /** Takes it back; null where that cannot be done exactly. */
  readonly undo: (() => Promise<Done>) | null;
}

export interface LibraryActions {
  readonly discard: (marked: Marked) => void;
  readonly restore: (marked: Marked) => void;
  readonly tag: (marked: Marked, change: TagChange) => Promise<Done>;
  readonly protect: (marked: Marked, on: boolean) => void;
  readonly undo: () => void;
  readonly done: Done | null;
  readonly dismiss: () => void;
  readonly busy: boolean;
  readonly error: unknown;
  /** The loaded list is no longer what the station has. */
  readonly reload: () => void;
}

export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * What is done to many recordings at once. The loaded rows follow at once, without moving; of "all that is found"
 * the list is read anew.
 */
export function useLibraryActions(
  rows: readonly Recording[],
  filter: RecordingFilter,
  afterwards: () => void,
): LibraryActions {
  const { client, queries } = useStation();
  const queryClient = useQueryClient();
  const [done, setDone] = useState<Done | null>(null);
  const lists = queries.recordings.list.key({ type: 'infinite' });
  const change = (how: (pages: RecordingPages) => RecordingPages): void => {
    queryClient.setQueriesData<RecordingPages>({ queryKey: lists, type: 'active' }, (pages) =>
      pages === undefined ? pages : how(pages),
    );
    // Lists that nobody looks at would come back as they were.
    queryClient.removeQueries({ queryKey: lists, type: 'inactive' });
    void queryClient.invalidateQueries({ queryKey: queries.recordings.key({ type: 'query' }) });
  };
  /** Takes rows out of what is loaded, and out of the look at the newest: it would bring them back as news. */
  const drop = (ids: ReadonlySet<number>): void => {
    queryClient.setQueriesData<RecordingPage>(
      { queryKey: queries.recordings.list.key({ type: 'query' }) },
      (page) =>
        page === undefined ? page : { ...page, items: page.items.filter(({ id }) => !ids.has(id)) },
    );
    change((pages) => withoutRows(pages, ids));
  };
  const reload = (): void => {
    // The look at the newest with it: what it still knows would come back as news.
    void queryClient.resetQueries({ queryKey: queries.recordings.list.key() });
    void queryClient.invalidateQueries({ queryKey: queries.recordings.key({ type: 'query' }) });
  };
  const run = useMutation({
    mutationFn: (act: () => Promise<Done>) => act(),
    onSuccess: setDone,
  });
  const start = async (act: () => Promise<Done>): Promise<Done> => {
    setDone(null);
    const result = await run.mutateAsync(act);
    afterwards();
    return result;
  };
  const attempt = (act: () => Promise<Done>): void => {
    // The error stands in `run.error`.
    start(act).catch(() => undefined);
  };
  const loaded = (selection: Selection): readonly Recording[] =>
    'ids' in selection ? rows.filter(({ id }) => selection.ids.includes(id)) : [];
  const exact = async (
    selection: Selection,
    act: () => Promise<{ readonly changed: number }>,
    how: (row: Recording) => Recording,
  ): Promise<number> => {
    const { changed } = await act();
    if ('ids' in selection) {
      const ids = new Set(selection.ids);
      change((pages) => changeRows(pages, ids, how));
    } else reload();
    return changed;
  };
  const undone = (count: number): Done => ({ kind: 'undone', count, stayed: 0, undo: null });

  return {
    discard: (marked) => {
      const selection = selectionOf(marked, filter);
      if (selection === null) return;
      attempt(async () => {
        const before = loaded(selection);
        const { changed, protected: stayed, at } = await client.recordings.discard({ selection });
        if ('ids' in selection && stayed === 0) {
          drop(new Set(selection.ids));
        } else reload();
        return {
          kind: 'discarded',
          count: changed,
          stayed,
          undo: async () => {
            const back = await client.recordings.restore({
              selection: 'ids' in selection ? selection : { filter: { ...filter, bin: true } },
              discardedAt: at,
            });
            if (before.length > 0 && stayed === 0)
              change((pages) => mergeNewest(pages, [], before));
            else reload();
            return undone(back.changed);
          },
        };
      });
    },
    restore: (marked) => {
      const selection = selectionOf(marked, filter);
      if (selection === null) return;
      attempt(async () => {
        const { changed } = await client.recordings.restore({ selection });
        if ('ids' in selection) {
          drop(new Set(selection.ids));
        } else reload();
        return { kind: 'restored', count: changed, stayed: 0, undo: null };
      });
    },
    tag: (marked, { add, remove }) => {
      const selection = selectionOf(marked, filter);
      return start(async () => {
        if (selection === null) return undone(0);
        const before = loaded(selection);
        const count = await exact(
          selection,
          () => client.recordings.tag({ selection, add: [...add], remove: [...remove] }),
          (row) => ({ ...row, tags: retagged(row.tags, { add, remove }) }),
        );
        return {
          kind: 'tagged',
          count,
          stayed: 0,
          undo:
            'ids' in selection && before.length === selection.ids.length
              ? async () => {
                  for (const tag of add) await retag(before, tag, false, 'remove');
                  for (const tag of remove) await retag(before, tag, true, 'add');
                  const old = new Map(before.map((row) => [row.id, row.tags]));
                  change((pages) =>
                    changeRows(pages, new Set(old.keys()), (row) => ({
                      ...row,
                      tags: old.get(row.id) ?? row.tags,
                    })),
                  );
                  return undone(count);
                }
              : null,
        };
      });
    },
    protect: (marked, on) => {
      const selection = selectionOf(marked, filter);
      if (selection === null) return;
      attempt(async () => {
        const others = loaded(selection).filter((row) => row.protected !== on);
        const ids = others.map(({ id }) => id);
        const set = (target: Selection, wanted: boolean) =>
          exact(
            target,
            () => client.recordings.protect({ selection: target, protected: wanted }),
            (row) => ({ ...row, protected: wanted }),
          );
        const count = await set(selection, on);
        return {
          kind: on ? 'protected' : 'unprotected',
          count,
          stayed: 0,
          undo:
            ids.length === 0 || 'filter' in selection
              ? null
              : async () => undone(await set({ ids }, !on)),
        };
      });
    },
    undo: () => {
      const back = done?.undo;
      if (back !== null && back !== undefined) attempt(back);
    },
    done,
    dismiss: () => {
      setDone(null);
      run.reset();
    },
    busy: run.isPending,
    error: run.error,
    reload,
  };

  /** Of rows that had a tag before, or had it not: gives it back, or takes it away again. */
  async function retag(
    before: readonly Recording[],
    tag: string,
    had: boolean,
    how: 'add' | 'remove',
  ): Promise<void> {
    const ids = before.filter((row) => row.tags.includes(tag) === had).map(({ id }) => id);
    if (ids.length > 0) await client.recordings.tag({ selection: { ids }, [how]: [tag] });
  }
}

/** Tags after a change, in the order of the alphabet. */
export function retagged(tags: readonly string[], { add, remove }: TagChange): string[] {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])].sort((a, b) =>
    a.localeCompare(b),
  );
}
