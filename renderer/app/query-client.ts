import { QueryClient } from '@tanstack/react-query';

/** How often a list is asked for again although nothing was said to have changed. */
export const SLOW_POLL_MS = 30_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The station is on the other end of a message port: a network that is down means nothing.
        networkMode: 'always',
        staleTime: 5_000,
        retry: 1,
        refetchOnWindowFocus: false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
