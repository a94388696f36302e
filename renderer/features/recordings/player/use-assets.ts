import type { Asset, AssetKind } from '@shared/model/analysis';
import { decodePeaks, type Peaks } from '@shared/model/peaks';
import { useQuery } from '@tanstack/react-query';
import { useStation } from '../../../app/station-context';

/** While something is being made it is asked for this often. */
const WORKING_POLL_MS = 1_000;

export interface LookedAt<Value> {
  readonly state: 'loading' | Asset['state'];
  readonly value: Value | null;
  /** English words from the station, or why it could not be read. */
  readonly detail: string;
  readonly retry: () => void;
}

function useAsset(recordingId: number, kind: AssetKind) {
  const { queries } = useStation();
  return useQuery(
    queries.analysis.asset.queryOptions({
      input: { recordingId, kind },
      staleTime: Number.POSITIVE_INFINITY,
      // A picture that was evicted is made again when it is looked at again.
      refetchOnMount: 'always',
      refetchInterval: ({ state }) => (state.data?.state === 'working' ? WORKING_POLL_MS : false),
    }),
  );
}

export function useSpectrogram(recordingId: number): LookedAt<string> {
  const asset = useAsset(recordingId, 'spectrogram');
  return {
    state: asset.isError ? 'failed' : (asset.data?.state ?? 'loading'),
    value: asset.data?.url ?? null,
    detail: asset.error?.message ?? asset.data?.detail ?? '',
    retry: () => {
      void asset.refetch();
    },
  };
}

export function usePeaks(recordingId: number): LookedAt<Peaks> {
  const asset = useAsset(recordingId, 'peaks');
  const url = asset.data?.url ?? null;
  const peaks = useQuery({
    queryKey: ['peaks', url],
    queryFn: async ({ signal }) => {
      const response = await fetch(url ?? '', { signal });
      if (!response.ok) throw new Error(`HTTP ${String(response.status)}`);
      const decoded = decodePeaks(await response.arrayBuffer());
      if (decoded === null) throw new Error('These are not peaks.');
      return decoded;
    },
    enabled: url !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    state:
      asset.isError || peaks.isError
        ? 'failed'
        : url !== null && peaks.data === undefined
          ? 'loading'
          : (asset.data?.state ?? 'loading'),
    value: peaks.data ?? null,
    detail: asset.error?.message ?? peaks.error?.message ?? asset.data?.detail ?? '',
    retry: () => {
      void asset.refetch();
      void peaks.refetch();
    },
  };
}
