import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { deviceNameSchema, deviceSchema } from '../model/device';
import { levelSchema } from '../model/level';
import { recorderStatusSchema } from '../model/recorder';
import { spanSchema } from '../model/coverage';
import { scheduleSchema } from '../model/schedule';
import { instantSchema } from '../model/time';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND, INVALID_VALUE } = contractErrors;
const byDevice = z.strictObject({ device: deviceNameSchema });

export const recordersContract = {
  list: oc.input(noInput).output(z.array(recorderStatusSchema)),
  /** Switches a device on; safe to call twice. The answer is the state at once after, often `starting`. */
  start: oc.input(byDevice).output(recorderStatusSchema).errors({ NOT_FOUND }),
  /** Switches a device off: its capture ends cleanly and its last segment is kept. Safe to call twice. */
  stop: oc.input(byDevice).output(recorderStatusSchema).errors({ NOT_FOUND }),
  /** Records nothing until then, and goes on by itself. The instant must lie ahead, by a week at most. */
  pause: oc
    .input(byDevice.extend({ until: instantSchema }))
    .output(recorderStatusSchema)
    .errors({ NOT_FOUND, INVALID_VALUE }),
  /** Ends a pause; safe to call twice. */
  resume: oc.input(byDevice).output(recorderStatusSchema).errors({ NOT_FOUND }),
  setSchedule: oc
    .input(byDevice.extend({ schedule: scheduleSchema }))
    .output(deviceSchema)
    .errors({ NOT_FOUND }),
  /** When a schedule would record between two instants, at most a month apart. Changes nothing. */
  previewSchedule: oc
    .input(z.strictObject({ schedule: scheduleSchema, from: instantSchema, to: instantSchema }))
    .output(
      z.strictObject({
        spans: z.array(spanSchema),
        /** `position_unknown`: a sun schedule needs the station's position; until then it records always. */
        warning: z.enum(['position_unknown']).nullable(),
      }),
    )
    .errors({ INVALID_VALUE }),
  /** Ten times a second while the device records. Best effort; ends when its reader leaves. */
  levels: oc.input(byDevice).output(eventIterator(levelSchema)).errors({ NOT_FOUND }),
};
