import type { EventBus } from '../events/bus';
import { topicsOf } from '../monitor/change-topics';
import type { StatusStream } from '../monitor/status-stream';
import type { StationSnapshot } from '@shared/model/station';
import { toInstant } from '@shared/model/time';
import { os } from './implementer';

export interface StationApiParts {
  readonly snapshot: () => Promise<StationSnapshot>;
  readonly statusStream: StatusStream;
  readonly bus: EventBus;
  /** @throws InvalidValueError when the clock shows something else than what a person saw, UTC milliseconds */
  readonly confirmClock: (shownMs: number) => Promise<number>;
}

export function stationApi(parts: StationApiParts) {
  return {
    snapshot: os.station.snapshot.handler(() => parts.snapshot()),
    watch: os.station.watch.handler(async function* ({ signal }) {
      yield* parts.statusStream.watch(signal ?? new AbortController().signal);
    }),
    changes: os.station.changes.handler(async function* ({ signal }) {
      yield* topicsOf(parts.bus, signal ?? new AbortController().signal);
    }),
    confirmClock: os.station.confirmClock.handler(async ({ input }) => {
      const confirmedMs = await parts.confirmClock(Date.parse(input.shown));
      return { confirmed: toInstant(Math.round(confirmedMs)) };
    }),
  };
}
