import { oc } from '@orpc/contract';
import { updateStatusSchema } from '../model/update';

export const updatesContract = {
  status: oc.output(updateStatusSchema),
  /** Asks the configured feed. A failure is part of the answer, not an error. */
  check: oc.output(updateStatusSchema),
};
