import { oc } from '@orpc/contract';
import { z } from 'zod';
import { recordingFilterSchema, recordingPageSchema, recordingSchema } from '../model/recording';
import { contractErrors } from './errors';

const { NOT_FOUND, INVALID_VALUE } = contractErrors;

export const recordingsContract = {
  /** A page of recordings in order of time, by keyset: as fast at the end of millions as at the start. */
  list: oc
    .input(
      recordingFilterSchema.extend({
        order: z.enum(['newest_first', 'oldest_first']).default('newest_first'),
        limit: z.number().int().min(1).max(1000).default(100),
        cursor: z.string().max(100).optional(),
      }),
    )
    .output(recordingPageSchema)
    .errors({ INVALID_VALUE }),
  count: oc.input(recordingFilterSchema).output(z.strictObject({ total: z.number().int().min(0) })),
  get: oc
    .input(z.strictObject({ id: z.number().int().min(1) }))
    .output(recordingSchema)
    .errors({ NOT_FOUND }),
};
