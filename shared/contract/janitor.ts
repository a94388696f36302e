import { oc } from '@orpc/contract';
import { z } from 'zod';
import { deletionSchema, janitorPlanSchema, janitorStatusSchema } from '../model/janitor';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_AVAILABLE, INVALID_VALUE } = contractErrors;

export const janitorContract = {
  status: oc.input(noInput).output(janitorStatusSchema).errors({ NOT_AVAILABLE }),
  /** What would be deleted next; nothing is. */
  plan: oc
    .input(z.strictObject({ limit: z.number().int().min(1).max(500).default(50) }))
    .output(janitorPlanSchema)
    .errors({ NOT_AVAILABLE }),
  /** A cycle now instead of at its time. Answers when it is over. */
  run: oc.input(noInput).output(janitorStatusSchema).errors({ NOT_AVAILABLE }),
  /** The newest first. */
  history: oc
    .input(
      z.strictObject({
        cursor: z.string().optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.strictObject({ items: z.array(deletionSchema), nextCursor: z.string().nullable() }))
    .errors({ INVALID_VALUE }),
};
