import { oc } from '@orpc/contract';
import { z } from 'zod';
import { custodySchema } from '../model/custody';
import { contractErrors } from './errors';

const { NOT_FOUND, NOT_AVAILABLE } = contractErrors;
const oneRecording = z.strictObject({ recordingId: z.number().int().min(1) });

export const custodyContract = {
  get: oc.input(oneRecording).output(custodySchema).errors({ NOT_FOUND }),
  /** Downloads a recording whose files were deleted here, and compares it with what was recorded. */
  fetch: oc.input(oneRecording).output(custodySchema).errors({ NOT_FOUND, NOT_AVAILABLE }),
};
