import { implement } from '@orpc/server';
import { contract } from '@shared/contract';
import { inContractWords } from './handled-errors';

/** Who is asking: written to the audit log beside what they changed. */
export interface Caller {
  readonly actor: 'page' | 'command_line';
}

/** The contract, to be given its handlers, one file per area. Each answers errors in the contract's words. */
export const os = implement(contract)
  .$context<Caller>()
  .use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw inContractWords(error);
    }
  });
