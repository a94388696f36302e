import type { StationClient } from '@shared/contract/index';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { createContext, use } from 'react';

export function createQueries(client: StationClient) {
  return createTanstackQueryUtils(client);
}

interface Station {
  readonly client: StationClient;
  /** The contract as react-query options. */
  readonly queries: ReturnType<typeof createQueries>;
}

export const StationContext = createContext<Station | null>(null);

export function useStation(): Station {
  const station = use(StationContext);
  if (station === null) throw new Error('useStation needs a StationContext above it');
  return station;
}
