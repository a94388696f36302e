import { oc } from '@orpc/contract';
import { z } from 'zod';
import { settingKeySchema, settingsSchema } from '../model/settings';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND, INVALID_VALUE } = contractErrors;

export const settingsContract = {
  get: oc.input(noInput).output(settingsSchema),
  /** Changes one setting; validated with its whole section, written to the audit log with old and new value. */
  set: oc
    .input(
      z.strictObject({
        key: settingKeySchema,
        value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
      }),
    )
    .output(settingsSchema)
    .errors({ NOT_FOUND, INVALID_VALUE }),
};
