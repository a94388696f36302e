import { z } from 'zod';
import { instantSchema } from './time';

export const updateStatusSchema = z.strictObject({
  currentVersion: z.string(),
  /**
   * `unsupported`: this build cannot update itself (headless, or started from source).
   * `no_feed`: no feed address is set.
   */
  state: z.enum([
    'unsupported',
    'no_feed',
    'idle',
    'checking',
    'up_to_date',
    'available',
    'failed',
  ]),
  availableVersion: z.string().nullable(),
  checkedAt: instantSchema.nullable(),
  /** English detail of the last failure. */
  error: z.string().nullable(),
});
export type UpdateStatus = z.infer<typeof updateStatusSchema>;
