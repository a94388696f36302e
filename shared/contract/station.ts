import { eventIterator, oc } from '@orpc/contract';
import { changeSchema, stationSnapshotSchema } from '../model/station';
import { noInput } from './no-input';

export const stationContract = {
  /** The state of everything, now. */
  snapshot: oc.input(noInput).output(stationSnapshotSchema),
  /** A snapshot at once, then a new one on change, at most twice a second. Ends when its reader leaves. */
  watch: oc.input(noInput).output(eventIterator(stationSnapshotSchema)),
  /** What changed, so that a reader asks again. */
  changes: oc.input(noInput).output(eventIterator(changeSchema)),
};
