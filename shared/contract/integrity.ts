import { oc } from '@orpc/contract';
import { z } from 'zod';
import { auditReportSchema, integrityStatusSchema, verdictSchema } from '../model/integrity';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND } = contractErrors;

export const integrityContract = {
  status: oc.input(noInput).output(integrityStatusSchema),
  /** Until it is resumed, or the station starts again; for good, it is switched off in the settings. */
  pause: oc.input(noInput).output(integrityStatusSchema),
  resume: oc.input(noInput).output(integrityStatusSchema),
  /** Reads the files of one recording now. */
  verify: oc
    .input(z.strictObject({ recordingId: z.number().int().min(1) }))
    .output(z.array(verdictSchema))
    .errors({ NOT_FOUND }),
  /** Compares rows with files, both ways, now. Refuses where most would be marked. */
  audit: oc
    .input(
      z.strictObject({
        /** The files are really gone, somebody has looked: mark even most of them. */
        acceptLoss: z.boolean().default(false),
      }),
    )
    .output(auditReportSchema),
};
