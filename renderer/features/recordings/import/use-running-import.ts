import type { Import } from '@shared/model/import';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { SLOW_POLL_MS } from '../../../app/query-client';
import { useStation } from '../../../app/station-context';
import { isGoingOn } from './going-on';

/**
 * The import that runs, whoever began it; null: none. The station tells when one begins or ends. `ended` is told once one
 * has come to an end or to a rest; `look` asks anew.
 */
export function useRunningImport(ended: () => void): {
  readonly running: Import | null;
  readonly look: () => void;
} {
  const { queries } = useStation();
  const { data, refetch } = useQuery(
    queries.imports.list.queryOptions({ refetchInterval: SLOW_POLL_MS }),
  );
  const running = data?.find(isGoingOn) ?? null;
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
  const look = useCallback(() => {
    void refetch();
  }, [refetch]);
  return { running, look };
}
