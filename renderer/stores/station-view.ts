import type { StationSnapshot } from '@shared/model/station';
import { freshness, type Freshness } from './freshness';
import { useLiveStation } from './live-station';
import { useTicker } from './ticker';

/** How far the present snapshot can be believed, re-judged every second. */
export function useFreshness(): Freshness {
  const contact = useLiveStation((state) => state.contact);
  const receivedAtMs = useLiveStation((state) => state.receivedAtMs);
  const listeningSinceMs = useLiveStation((state) => state.listeningSinceMs);
  const nowMs = useTicker((state) => state.nowMs);
  return freshness({ contact, receivedAtMs, listeningSinceMs }, nowMs);
}

export function useSnapshot(): StationSnapshot | null {
  return useLiveStation((state) => state.snapshot);
}

/**
 * The station's clock now, UTC milliseconds: its last word plus the monotonic time since. The page's own
 * wall clock is never asked.
 */
export function useStationNow(): number | null {
  const at = useLiveStation((state) => state.snapshot?.at);
  const receivedAtMs = useLiveStation((state) => state.receivedAtMs);
  const nowMs = useTicker((state) => state.nowMs);
  if (at === undefined || receivedAtMs === null) return null;
  return Date.parse(at) + Math.max(0, nowMs - receivedAtMs);
}

export function useTimeZone(): string {
  return useLiveStation((state) => state.snapshot?.station.timezone) ?? 'UTC';
}
