import { oc } from '@orpc/contract';
import { z } from 'zod';
import { pastAlertSchema } from '../model/station';

export const alertsContract = {
  /** Every alert ever raised that is still kept, the newest first; open ones have no `clearedAt`. */
  history: oc
    .input(
      z.strictObject({
        limit: z.number().int().min(1).max(1000).default(100),
        /** The smallest `id` of the page before. */
        beforeId: z.number().int().min(1).optional(),
      }),
    )
    .output(z.array(pastAlertSchema)),
};
