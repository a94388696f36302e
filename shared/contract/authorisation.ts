import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  authorisationSchema,
  authorisationStepSchema,
  authorisedTypeSchema,
  onedriveRegionSchema,
} from '../model/authorisation';
import { contractErrors } from './errors';

const { INVALID_VALUE, NOT_AVAILABLE } = contractErrors;

/** Who asks; of one's own application with Google or Microsoft, where there is one. */
const application = z.strictObject({
  type: authorisedTypeSchema,
  clientId: z.string().trim().min(1).max(500).optional(),
  clientSecret: z.string().trim().min(1).max(500).optional(),
  /** Of `onedrive`. */
  region: onedriveRegionSchema.default('global'),
});

export const authorisationContract = {
  /** An address to visit, and then the token, or why there is none. Who stops listening stops it. */
  begin: oc.input(application).output(eventIterator(authorisationStepSchema)).errors({
    NOT_AVAILABLE,
  }),
  /** The token that `rclone authorize` printed on another computer. Nothing is stored. */
  read: oc
    .input(
      application
        .pick({ type: true, region: true })
        .extend({ pasted: z.string().min(1).max(65_536) }),
    )
    .output(authorisationSchema)
    .errors({ INVALID_VALUE }),
};
