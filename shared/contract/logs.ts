import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { logFilterSchema, logRecordSchema } from '../model/log';

export const logsContract = {
  /** The newest records that pass the filter, oldest first. */
  tail: oc
    .input(logFilterSchema.extend({ limit: z.number().int().min(1).max(2000).default(200) }))
    .output(z.array(logRecordSchema)),
  /** New records as they are written. Nothing is spent when nobody watches. */
  watch: oc.input(logFilterSchema).output(eventIterator(logRecordSchema)),
};
