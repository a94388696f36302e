import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useStation } from '../app/station-context';

/** Stable name → what people call a microphone; one that is gone is not in it. */
export function useDeviceNames(): ReadonlyMap<string, string> {
  const { queries } = useStation();
  const { data } = useQuery(queries.devices.list.queryOptions());
  return useMemo(
    () => new Map((data ?? []).map(({ name, displayName }) => [name, displayName])),
    [data],
  );
}
