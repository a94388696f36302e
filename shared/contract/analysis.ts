import { oc } from '@orpc/contract';
import { z } from 'zod';
import { assetKindSchema, assetSchema, workerStatusSchema } from '../model/analysis';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND } = contractErrors;

export const analysisContract = {
  workers: oc.input(noInput).output(z.array(workerStatusSchema)),
  /**
   * What there is to look at of a recording; what is missing is made at once, before everything else, and the topic
   * `assets` of `station.changes` tells when it is there. Safe to repeat.
   */
  asset: oc
    .input(
      z.strictObject({
        recordingId: z.number().int().min(1),
        kind: assetKindSchema,
        /** Try once more what was tried in vain. */
        again: z.boolean().default(false),
      }),
    )
    .output(assetSchema)
    .errors({ NOT_FOUND }),
  /** Lets a worker try again what it failed at; `jobs`: how many recordings. */
  retry: oc
    .input(z.strictObject({ worker: z.string().min(1).max(64) }))
    .output(z.strictObject({ jobs: z.number().int().min(0) }))
    .errors({ NOT_FOUND }),
};
