import { oc } from '@orpc/contract';
import { backupSchema, databaseStatusSchema } from '../model/database';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_AVAILABLE } = contractErrors;

export const databaseContract = {
  status: oc.input(noInput).output(databaseStatusSchema),
  /** A verified copy, now. Asked for while one is being made, it answers with that. */
  backUp: oc.input(noInput).output(backupSchema).errors({ NOT_AVAILABLE }),
};
