import { oc } from '@orpc/contract';
import { vaultStatusSchema } from '../model/vault';
import { noInput } from './no-input';

export const vaultContract = {
  /** Writes, reads back and removes a test credential, and says what came of it. */
  test: oc.input(noInput).output(vaultStatusSchema),
};
