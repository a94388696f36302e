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
  /** Shows a change in the loaded rows. */
  const show = (selection: Selection, how: (row: Recording) => Recording): void => {
    if ('ids' in selection) {
      const ids = new Set(selection.ids);
      change((pages) => changeRows(pages, ids, how));
    } else reload();
  };
  const undone = (count: number): Done => ({ kind: 'undone', count, stayed: 0, undo: null });
  /** The station remembers what was changed; the rows that are loaded become again what they were. */
  const asDone = (
    kind: Done['kind'],
    done: { readonly changed: number; readonly change: string | null },
    selection: Selection,
    before: readonly Recording[],
  ): Done => {
    const { change: name } = done;
    const takeBack = async (): Promise<Done> => {
      const { changed } = await client.recordings.undo({ change: name ?? '' });
      const old = new Map(before.map((row) => [row.id, row]));
      show(selection, (row) => ({
        ...row,
        tags: old.get(row.id)?.tags ?? row.tags,
        protected: old.get(row.id)?.protected ?? row.protected,
      }));
      return undone(changed);
    };
    return { kind, count: done.changed, stayed: 0, undo: name === null ? null : takeBack };
  };

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
        const done = await client.recordings.tag({
          selection,
          add: [...add],
          remove: [...remove],
        });
        show(selection, (row) => ({ ...row, tags: retagged(row.tags, { add, remove }) }));
        return asDone('tagged', done, selection, before);
      });
    },
    protect: (marked, on) => {
      const selection = selectionOf(marked, filter);
      if (selection === null) return;
      attempt(async () => {
        const before = loaded(selection);
        const done = await client.recordings.protect({ selection, protected: on });
        show(selection, (row) => ({ ...row, protected: on }));
        return asDone(on ? 'protected' : 'unprotected', done, selection, before);
      });
    },
    undo: () => {
      const kept = done;
      if (kept === null || kept.undo === null) return;
      // What could not be taken back can be tried again.
      start(kept.undo).catch(() => {
        setDone(kept);
      });
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
}

/** Tags after a change, in the order of the alphabet. */
export function retagged(tags: readonly string[], { add, remove }: TagChange): string[] {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])].sort((a, b) =>
    a.localeCompare(b),
  );
}
