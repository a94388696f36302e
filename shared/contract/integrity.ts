import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  auditReportSchema,
  auditStatusSchema,
  findingSchema,
  integrityStatusSchema,
  verdictSchema,
} from '../model/integrity';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND, NOT_AVAILABLE } = contractErrors;

export const integrityContract = {
  status: oc.input(noInput).output(integrityStatusSchema),
  /** Until somebody resumes it, over restarts, too. Safe to call twice. */
  pause: oc.input(noInput).output(integrityStatusSchema),
  resume: oc.input(noInput).output(integrityStatusSchema),
  /** What is known to be damaged, the newest finding first; fifty at most. */
  findings: oc.input(noInput).output(z.array(findingSchema)),
  /** Reads the files of one recording now. */
  verify: oc
    .input(z.strictObject({ recordingId: z.number().int().min(1) }))
    .output(z.array(verdictSchema))
    .errors({ NOT_FOUND, NOT_AVAILABLE }),
  auditStatus: oc.input(noInput).output(auditStatusSchema),
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
