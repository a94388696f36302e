import type { DayCoverage, DeviceCoverage } from '@shared/model/coverage';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { dayOf } from '../../app/format/instants';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { useStationNow, useTimeZone } from '../../stores/station-view';

/** The present calendar day of the station; null while its clock is not known. */
export function useToday(): string | null {
  const now = useStationNow();
  const zone = useTimeZone();
  return now === null ? null : dayOf(now, zone);
}

const YOUNG_S = 300;
const YOUNG_POLL_MS = 5_000;

/** The coverage of all devices on a day: one answer for everything on the page that asks. */
export function useCoverageDay(day: string | null): UseQueryResult<DayCoverage> {
  const { queries } = useStation();
  return useQuery(
    queries.coverage.day.queryOptions({
      input: { day: day ?? '' },
      enabled: day !== null,
      // A share of seconds changes with every segment.
      refetchInterval: ({ state }) =>
        state.data?.devices.some(({ scheduledS }) => scheduledS > 0 && scheduledS < YOUNG_S) ===
        true
          ? YOUNG_POLL_MS
          : SLOW_POLL_MS,
    }),
  );
}

export function coverageOfDevice(
  coverage: DayCoverage | undefined,
  device: string,
): DeviceCoverage | null {
  return coverage?.devices.find((candidate) => candidate.device === device) ?? null;
}
