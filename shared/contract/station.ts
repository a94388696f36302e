import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { changeSchema, stationSnapshotSchema } from '../model/station';
import { instantSchema } from '../model/time';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { INVALID_VALUE } = contractErrors;

export const stationContract = {
  /** The state of everything, now. */
  snapshot: oc.input(noInput).output(stationSnapshotSchema),
  /** A snapshot at once, then a new one on change, at most twice a second. Ends when its reader leaves. */
  watch: oc.input(noInput).output(eventIterator(stationSnapshotSchema)),
  /** What changed, so that a reader asks again. */
  changes: oc.input(noInput).output(eventIterator(changeSchema)),
  /**
   * A person has compared the station's clock with a better one and says that it is right. `shown` is what they saw;
   * `confirmed` what the clock showed when it was confirmed.
   */
  confirmClock: oc
    .input(z.strictObject({ shown: instantSchema }))
    .output(z.strictObject({ confirmed: instantSchema }))
    .errors({ INVALID_VALUE }),
};
