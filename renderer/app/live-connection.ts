import type { QueryClient } from '@tanstack/react-query';
import type { ChangeTopic } from '@shared/model/station';
import type { StationConnection } from '../station-client';
import { useLiveStation } from '../stores/live-station';
import { startTicker } from '../stores/ticker';
import { atMostEvery } from './at-most-every';
import { followChanges } from './follow-changes';
import { followStation } from './follow-station';
import type { createQueries } from './station-context';

const COVERAGE_REFRESH_MS = 3_000;
const COUNT_REFRESH_MS = 3_000;
const CLOUD_REFRESH_MS = 1_000;

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

  // Every segment of every microphone changes the coverage: asked for again as often as it is worth looking.
  const refreshCoverage = atMostEvery(
    COVERAGE_REFRESH_MS,
    () => {
      // Not the sums of days: a month of them is dear, and they are asked for again by themselves.
      void queryClient.invalidateQueries({ queryKey: queries.coverage.day.key() });
    },
    signal,
  );
  // Of millions a count is dear, and a second old it is as good.
  const refreshCounts = atMostEvery(
    COUNT_REFRESH_MS,
    () => {
      for (const counted of ['count', 'days', 'tags', 'detections'] as const)
        void queryClient.invalidateQueries({ queryKey: queries.recordings[counted].key() });
    },
    signal,
  );
  // In a busy night some recording moves every second.
  const refreshRemotes = atMostEvery(
    CLOUD_REFRESH_MS,
    () => {
      void queryClient.invalidateQueries({ queryKey: queries.remotes.key() });
    },
    signal,
  );
  const refreshUploads = atMostEvery(
    CLOUD_REFRESH_MS,
    () => {
      void queryClient.invalidateQueries({ queryKey: queries.uploads.list.key() });
      void queryClient.invalidateQueries({ queryKey: queries.custody.key() });
    },
    signal,
  );
  const refreshStorage = atMostEvery(
    CLOUD_REFRESH_MS,
    () => {
      void queryClient.invalidateQueries({ queryKey: queries.janitor.key() });
    },
    signal,
  );
  const refresh = (topic: ChangeTopic): void => {
    switch (topic) {
      case 'devices':
        void queryClient.invalidateQueries({ queryKey: queries.devices.key() });
        return;
      case 'recordings':
        // Not the loaded pages of the list: their page merges the newest ones in without jumping.
        void queryClient.invalidateQueries({
          queryKey: queries.recordings.list.key({ type: 'query' }),
        });
        void queryClient.invalidateQueries({ queryKey: queries.recordings.get.key() });
        refreshCounts();
        return;
      case 'profiles':
        void queryClient.invalidateQueries({ queryKey: queries.profiles.key() });
        return;
      case 'settings':
        void queryClient.invalidateQueries({ queryKey: queries.settings.key() });
        void queryClient.invalidateQueries({ queryKey: queries.updates.key() });
        // A time zone or a position moves days and schedules.
        void queryClient.invalidateQueries({ queryKey: queries.coverage.days.key() });
        void queryClient.invalidateQueries({ queryKey: queries.recorders.previewSchedule.key() });
        refreshCoverage();
        return;
      case 'alerts':
        void queryClient.invalidateQueries({ queryKey: queries.alerts.key() });
        return;
      case 'coverage':
        refreshCoverage();
        return;
      case 'imports':
        void queryClient.invalidateQueries({ queryKey: queries.imports.list.key() });
        return;
      case 'assets':
        void queryClient.invalidateQueries({ queryKey: queries.analysis.asset.key() });
        return;
      case 'remotes':
        refreshRemotes();
        return;
      case 'uploads':
        refreshUploads();
        return;
      case 'janitor':
        refreshStorage();
        return;
    }
  };
  void followChanges({
    changes: (streamSignal) =>
      connection.client.station.changes(undefined, { signal: streamSignal }),
    subscribed: () => {
      for (const topic of [
        'devices',
        'recordings',
        'profiles',
        'settings',
        'alerts',
        'imports',
        'remotes',
        'uploads',
        'janitor',
      ] as const)
        refresh(topic);
    },
    changed: refresh,
    signal,
  });
}
