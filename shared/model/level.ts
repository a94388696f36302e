import { z } from 'zod';
import { deviceNameSchema } from './device';
import { instantSchema } from './time';

/** How loud a microphone is now, from its live stream. */
export const levelSchema = z.strictObject({
  device: deviceNameSchema,
  at: instantSchema,
  /** Per channel over the last tenth of a second, dB below full scale; -120 stands for silence. */
  channels: z.array(
    z.strictObject({
      peakDbfs: z.number().min(-120).max(0),
      rmsDbfs: z.number().min(-120).max(0),
    }),
  ),
});
export type Level = z.infer<typeof levelSchema>;
