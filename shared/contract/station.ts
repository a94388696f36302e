import { eventIterator, oc } from '@orpc/contract';
import { changeSchema, stationSnapshotSchema } from '../model/station';

export const stationContract = {
  /** The state of everything, now. */
  snapshot: oc.output(stationSnapshotSchema),
  /** A snapshot at once, then a new one on change, at most twice a second. Ends when its reader leaves. */
  watch: oc.output(eventIterator(stationSnapshotSchema)),
  /** What changed, so that a reader asks again. */
  changes: oc.output(eventIterator(changeSchema)),
};
