import type { StationLog } from '../logging/station-log';
import { os } from './implementer';

export function logsApi(log: StationLog) {
  return {
    tail: os.logs.tail.handler(({ input: { limit, ...filter } }) => log.tail(filter, limit)),
    watch: os.logs.watch.handler(async function* ({ input, signal }) {
      yield* log.watch(input, signal ?? new AbortController().signal);
    }),
  };
}
