import { oc } from '@orpc/contract';
import { vaultStatusSchema } from '../model/vault';

export const vaultContract = {
  /** Writes, reads back and removes a test credential, and says what came of it. */
  test: oc.output(vaultStatusSchema),
};
