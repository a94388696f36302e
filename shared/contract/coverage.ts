import { oc } from '@orpc/contract';
import { z } from 'zod';
import { certificateSchema, dayCoverageSchema, daySchema, daySumSchema } from '../model/coverage';
import { deviceNameSchema } from '../model/device';
import { instantSchema } from '../model/time';
import { contractErrors } from './errors';

const { NOT_FOUND, INVALID_VALUE } = contractErrors;

export const coverageContract = {
  /** What each device should have recorded on a day of the station's time zone, and what it did. */
  day: oc
    .input(z.strictObject({ day: daySchema, device: deviceNameSchema.optional() }))
    .output(dayCoverageSchema)
    .errors({ NOT_FOUND }),
  /** What each of some days came to, both ends included, 31 at most; days that have not begun are left out. */
  days: oc
    .input(
      z.strictObject({
        from: daySchema,
        to: daySchema,
        /** Default: of all together. */
        device: deviceNameSchema.optional(),
      }),
    )
    .output(z.array(daySumSchema))
    .errors({ NOT_FOUND, INVALID_VALUE }),
  /** Certifies a stretch of time, at most two days, that is over. */
  certificate: oc
    .input(
      z.strictObject({
        from: instantSchema,
        to: instantSchema,
        device: deviceNameSchema.optional(),
      }),
    )
    .output(certificateSchema)
    .errors({ NOT_FOUND, INVALID_VALUE }),
};
