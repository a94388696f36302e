import type { RecordingDay, RecordingFilter } from '@shared/model/recording';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { SLOW_POLL_MS } from '../../../app/query-client';
import { useStation } from '../../../app/station-context';
import { daysOf, monthOf, shareOf, type DayShare } from './month-days';

/** What is over hardly changes, and a month of it is dear to ask for. */
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

/** The coverage of a month's days up to today, of one microphone or of all: those that are over in one question, today by itself. */
export function useMonthShares(
  month: string,
  today: string | null,
  device: string | undefined,
): ReadonlyMap<string, DayShare> {
  const { queries } = useStation();
  const over = daysOf(month).filter((day) => today !== null && day < today);
  const [from, to] = [over[0] ?? '', over.at(-1) ?? ''];
  const past = useQuery(
    queries.coverage.days.queryOptions({
      input: { from, to, ...(device === undefined ? {} : { device }) },
      enabled: from !== '',
      staleTime: PAST_STAYS_MS,
    }),
  );
  const isThis = today !== null && monthOf(today) === month;
  const present = useQuery(
    queries.coverage.days.queryOptions({
      input: {
        from: today ?? '',
        to: today ?? '',
        ...(device === undefined ? {} : { device }),
      },
      enabled: isThis,
      refetchInterval: SLOW_POLL_MS,
    }),
  );
  return useMemo(
    () =>
      new Map(
        [...(past.data ?? []), ...(isThis ? (present.data ?? []) : [])].map((sum) => [
          sum.day,
          shareOf(sum),
        ]),
      ),
    [past.data, present.data, isThis],
  );
}
