import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { uploadAttemptSchema, uploadFilterSchema, transferSchema } from '../model/upload';
import { noInput } from './no-input';

export const uploadsContract = {
  /** What moves just now, at most ten times a second, and at once when asked. */
  watch: oc.input(noInput).output(eventIterator(z.array(transferSchema))),
  /** The newest first. */
  list: oc
    .input(
      z.strictObject({
        filter: uploadFilterSchema.default({}),
        cursor: z.string().optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(
      z.strictObject({ items: z.array(uploadAttemptSchema), nextCursor: z.string().nullable() }),
    ),
};
