import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  alsaPcmSchema,
  deviceNameSchema,
  deviceSchema,
  simulatedSourceSchema,
} from '../model/device';
import { profileSlugSchema } from '../model/profile';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND, CONFLICT, INVALID_VALUE } = contractErrors;
const byName = z.strictObject({ name: deviceNameSchema });
const displayName = z.string().trim().min(1).max(80).optional();

export const devicesContract = {
  list: oc.input(noInput).output(z.array(deviceSchema)),
  /** Adds a microphone that needs no hardware; it says everywhere that it is simulated. */
  addSimulated: oc
    .input(
      z
        .strictObject({
          profileSlug: profileSlugSchema,
          source: simulatedSourceSchema.default('sweep'),
          /** Absolute path of an audio file to loop; required for `file`, refused otherwise. */
          file: z.string().min(1).max(4096).optional(),
          displayName,
        })
        .refine((input) => (input.source === 'file') === (input.file !== undefined), {
          message: 'a file is needed for the source "file", and only for it',
          path: ['file'],
        }),
    )
    .output(deviceSchema)
    .errors({ NOT_FOUND, INVALID_VALUE }),
  /** Adds a capture by its ALSA PCM name: I²S hats and interfaces that are not USB. Same PCM, same device. */
  addAlsa: oc
    .input(
      z.strictObject({
        pcm: alsaPcmSchema,
        profileSlug: profileSlugSchema.optional(),
        displayName,
      }),
    )
    .output(deviceSchema)
    .errors({ NOT_FOUND }),
  /** Forgets a device that was added by hand. Its recordings stay. */
  remove: oc
    .input(byName)
    .output(z.strictObject({ removed: z.boolean() }))
    .errors({ CONFLICT }),
  setProfile: oc
    .input(byName.extend({ profileSlug: profileSlugSchema }))
    .output(deviceSchema)
    .errors({ NOT_FOUND }),
  /** Accepts a pending device, or takes back `ignore`. */
  enroll: oc.input(byName).output(deviceSchema).errors({ NOT_FOUND }),
  ignore: oc.input(byName).output(deviceSchema).errors({ NOT_FOUND }),
};
