import type { RecordingDay, RecordingFilter } from '@shared/model/recording';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { pause } from '../../../app/follow-station';
import { SLOW_POLL_MS } from '../../../app/query-client';
import { useStation } from '../../../app/station-context';
import { daysOf, shareOf, type DayShare } from './month-days';

/** The station has other things to do in between. */
const BETWEEN_MS = 150;
const PAST_STAYS_MS = 10 * 60_000;

interface Month {
  readonly counts: ReadonlyMap<string, RecordingDay>;
  readonly loading: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

/** How much there is on each day of a month (`YYYY-MM`), of what a filter finds. */
export function useMonth(month: string, filter: RecordingFilter): Month {
  const { queries } = useStation();
  const days = daysOf(month);
  const { from: _from, to: _to, ...rest } = filter;
  const query = useQuery(
    queries.recordings.days.queryOptions({
      input: { ...rest, from: days[0] ?? '', to: days.at(-1) ?? '' },
      refetchInterval: SLOW_POLL_MS,
    }),
  );
  return {
    counts: useMemo(() => new Map((query.data ?? []).map((day) => [day.day, day])), [query.data]),
    loading: query.isPending,
    error: query.data === undefined ? query.error : null,
    retry: () => {
      void query.refetch();
    },
  };
}

/**
 * The coverage of a month's days up to today, the newest first. One is asked for at a time: the station has
 * better things to do than to answer thirty at once.
 */
export function useMonthShares(month: string, today: string | null): ReadonlyMap<string, DayShare> {
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const [shares, setShares] = useState<ReadonlyMap<string, DayShare>>(new Map());
  useEffect(() => {
    if (today === null) return;
    const leaving = new AbortController();
    const ask = async (): Promise<void> => {
      for (const day of [...daysOf(month)].reverse()) {
        if (day > today) continue;
        try {
          const coverage = await queryClient.query(
            queries.coverage.day.queryOptions({
              input: { day },
              staleTime: day < today ? PAST_STAYS_MS : 0,
            }),
          );
          if (leaving.signal.aborted) return;
          setShares((known) => new Map(known).set(day, shareOf(coverage)));
        } catch {
          // A day without its mark; the counts beside it say whether the station answers at all.
          if (leaving.signal.aborted) return;
        }
        await pause(BETWEEN_MS, leaving.signal);
      }
    };
    void ask();
    return () => {
      leaving.abort();
    };
  }, [month, today, queries, queryClient]);
  return shares;
}
