import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import type { StationClient } from '@shared/contract/index';
import { Suspense, useMemo, type ReactNode } from 'react';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { useAdoptSettings } from './adopt-settings';
import { useColourScheme } from './colour-scheme';
import { ErrorBoundary } from './error-boundary';
import { Notices } from './notices';
import { Shell } from './shell';
import { StationContext, type createQueries } from './station-context';
import { resolveCssVariables, theme } from './theme';

interface Props {
  readonly client: StationClient;
  readonly queries: ReturnType<typeof createQueries>;
  readonly queryClient: QueryClient;
}

export function App({ client, queries, queryClient }: Props): ReactNode {
  const station = useMemo(() => ({ client, queries }), [client, queries]);
  return (
    <StationContext value={station}>
      <QueryClientProvider client={queryClient}>
        <Look />
      </QueryClientProvider>
    </StationContext>
  );
}

function Look(): ReactNode {
  useAdoptSettings();
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveCssVariables}
      forceColorScheme={useColourScheme()}
    >
      <Suspense fallback={null}>
        <Notices position="top-right" zIndex={1000} />
      </Suspense>
      <ErrorBoundary>
        <Router hook={useHashLocation}>
          <Shell />
        </Router>
      </ErrorBoundary>
    </MantineProvider>
  );
}
