import type { Import } from '@shared/model/import';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { SLOW_POLL_MS } from '../../../app/query-client';
import { useStation } from '../../../app/station-context';
import { isGoingOn } from './going-on';

const RUNNING_POLL_MS = 2_000;

/** The import that runs, whoever began it; null: none. `ended` is told once one has come to an end or to a rest. */
export function useRunningImport(ended: () => void): Import | null {
  const { queries } = useStation();
  const list = useQuery(
    queries.imports.list.queryOptions({
      refetchInterval: ({ state }) =>
        state.data?.some(isGoingOn) === true ? RUNNING_POLL_MS : SLOW_POLL_MS,
    }),
  );
  const running = list.data?.find(isGoingOn) ?? null;
  const latest = useRef(ended);
  useEffect(() => {
    latest.current = ended;
  });
  const goes = running !== null;
  const went = useRef(false);
  useEffect(() => {
    if (went.current && !goes) latest.current();
    went.current = goes;
  }, [goes]);
  return running;
}
