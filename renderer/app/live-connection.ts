import type { QueryClient } from '@tanstack/react-query';
import type { ChangeTopic } from '@shared/model/station';
import type { StationConnection } from '../station-client';
import { useLiveStation } from '../stores/live-station';
import { startTicker } from '../stores/ticker';
import { followChanges } from './follow-changes';
import { followStation } from './follow-station';
import type { createQueries } from './station-context';

/** Starts everything that keeps the page true; ends when `signal` aborts. */
export function startLiveConnection(
  connection: StationConnection,
  queries: ReturnType<typeof createQueries>,
  queryClient: QueryClient,
  signal: AbortSignal,
): void {
  useLiveStation.setState({ listeningSinceMs: performance.now() });
  startTicker(signal);
  const { receive, lose } = useLiveStation.getState();
  void followStation({
    watch: (streamSignal) => connection.client.station.watch(undefined, { signal: streamSignal }),
    receive: (snapshot) => {
      receive(snapshot, performance.now());
    },
    lose,
    renew: () => {
      connection.renew();
    },
    signal,
  });

  const refresh = (topic: ChangeTopic): void => {
    switch (topic) {
      case 'devices':
        void queryClient.invalidateQueries({ queryKey: queries.devices.key() });
        return;
      case 'recordings':
        // Not the loaded pages of the list: their page merges the newest ones in without jumping.
        void queryClient.invalidateQueries({ queryKey: queries.recordings.key({ type: 'query' }) });
        return;
      case 'profiles':
        void queryClient.invalidateQueries({ queryKey: queries.profiles.key() });
        return;
      case 'settings':
        void queryClient.invalidateQueries({ queryKey: queries.settings.key() });
        void queryClient.invalidateQueries({ queryKey: queries.updates.key() });
        return;
    }
  };
  void followChanges({
    changes: (streamSignal) =>
      connection.client.station.changes(undefined, { signal: streamSignal }),
    subscribed: () => {
      for (const topic of ['devices', 'recordings', 'profiles', 'settings'] as const)
        refresh(topic);
    },
    changed: refresh,
    signal,
  });
}
