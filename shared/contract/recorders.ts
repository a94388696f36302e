import { oc } from '@orpc/contract';
import { z } from 'zod';
import { deviceNameSchema } from '../model/device';
import { recorderStatusSchema } from '../model/recorder';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND } = contractErrors;
const byDevice = z.strictObject({ device: deviceNameSchema });

export const recordersContract = {
  list: oc.input(noInput).output(z.array(recorderStatusSchema)),
  /** Switches a device on; safe to call twice. The answer is the state at once after, often `starting`. */
  start: oc.input(byDevice).output(recorderStatusSchema).errors({ NOT_FOUND }),
  /** Switches a device off: its capture ends cleanly and its last segment is kept. Safe to call twice. */
  stop: oc.input(byDevice).output(recorderStatusSchema).errors({ NOT_FOUND }),
};
