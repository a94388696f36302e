import type { Recording, RecordingFilter } from '@shared/model/recording';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { findNews, hasUpdates, mergeNewest, toRows, type RecordingPages } from './recording-rows';

const PAGE_SIZE = 100;
const NEWEST = 50;

export interface RecordingList {
  readonly rows: readonly Recording[];
  /** Null while it is being counted, and where that failed. */
  readonly total: number | null;
  /** Counting failed. */
  readonly totalUnknown: boolean;
  readonly loading: boolean;
  readonly error: unknown;
  /** Waiting above the loaded rows; they come in by `takeNews`, or at once while the reader is at the top. */
  readonly news: { readonly count: number; readonly many: boolean };
  readonly takeNews: () => void;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/**
 * Pages of recordings by keyset, and beside them a small fresh look at the newest ones. The change event
 * refreshes only that look, so a list of any length costs the same and never moves under its reader.
 */
export function useRecordingList(filter: RecordingFilter, atTop: boolean): RecordingList {
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const options = queries.recordings.list.infiniteOptions({
    input: (cursor: string | undefined) => ({
      ...filter,
      limit: PAGE_SIZE,
      ...(cursor === undefined ? {} : { cursor }),
    }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const list = useInfiniteQuery(options);
  const newest = useQuery(
    queries.recordings.list.queryOptions({
      input: { ...filter, limit: NEWEST },
      staleTime: 0,
      refetchInterval: SLOW_POLL_MS,
      enabled: list.isSuccess,
    }),
  );
  const count = useQuery(
    queries.recordings.count.queryOptions({ input: filter, refetchInterval: SLOW_POLL_MS }),
  );

  const rows = useMemo(() => toRows(list.data), [list.data]);
  const newestRows = newest.data?.items;
  const newestIsAll = newest.data?.nextCursor === null;
  const rowsReachEnd = !list.hasNextPage;
  const news = useMemo(
    () => findNews(rows, newestRows ?? [], { newestIsAll, rowsReachEnd }),
    [rows, newestRows, newestIsAll, rowsReachEnd],
  );

  const takeNews = (): void => {
    if (news.gap) {
      void queryClient.resetQueries({ queryKey: options.queryKey });
      return;
    }
    queryClient.setQueryData<RecordingPages>(options.queryKey, (pages) =>
      pages === undefined ? pages : mergeNewest(pages, newestRows ?? [], news.fresh),
    );
  };
  const wanted = (atTop && news.fresh.length > 0) || hasUpdates(rows, newestRows ?? []);
  useEffect(() => {
    if (!wanted) return;
    if (atTop) takeNews();
    else {
      // Known rows change in place; new ones wait.
      queryClient.setQueryData<RecordingPages>(options.queryKey, (pages) =>
        pages === undefined ? pages : mergeNewest(pages, newestRows ?? [], []),
      );
    }
    // takeNews is made anew on every render; what decides is what was received.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted, newestRows, rows]);

  return {
    rows,
    total: count.data?.total ?? null,
    totalUnknown: count.data === undefined && count.isError,
    loading: list.isPending,
    error: list.data === undefined ? list.error : null,
    news: { count: news.fresh.length, many: news.gap },
    takeNews,
    hasMore: list.hasNextPage,
    loadingMore: list.isFetchingNextPage,
    loadMore: () => {
      if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
    },
    retry: () => {
      void list.refetch();
    },
  };
}
