import { oc } from '@orpc/contract';
import { updateStatusSchema } from '../model/update';
import { noInput } from './no-input';

export const updatesContract = {
  status: oc.input(noInput).output(updateStatusSchema),
  /** Asks the configured feed. A failure is part of the answer, not an error. */
  check: oc.input(noInput).output(updateStatusSchema),
};
