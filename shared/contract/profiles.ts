import { oc } from '@orpc/contract';
import { z } from 'zod';
import { profileEntrySchema, profileSchema, profileSlugSchema } from '../model/profile';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND, CONFLICT } = contractErrors;
const bySlug = z.strictObject({ slug: profileSlugSchema });

export const profilesContract = {
  list: oc.input(noInput).output(z.array(profileEntrySchema)),
  get: oc.input(bySlug).output(profileEntrySchema).errors({ NOT_FOUND }),
  create: oc.input(profileSchema).output(profileEntrySchema).errors({ CONFLICT }),
  /** Changes a profile; a changed seed becomes the user's own and is never overwritten. */
  update: oc.input(profileSchema).output(profileEntrySchema).errors({ NOT_FOUND }),
  remove: oc
    .input(bySlug)
    .output(z.strictObject({ removed: z.boolean() }))
    .errors({ CONFLICT }),
};
