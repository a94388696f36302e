import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { exportFormatSchema, exportSchema } from '../model/export';
import { selectionSchema, streamSchema } from '../model/recording';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_FOUND, INVALID_VALUE, CONFLICT } = contractErrors;
const byId = z.strictObject({ id: z.string().min(1).max(64) });

export const exportsContract = {
  /**
   * Copies a selection into a new folder below `folder`. Nothing that is there is overwritten. One export runs at a
   * time. INVALID_VALUE: `folder` (not absolute, not there, no folder, within the data folder, not writable, no room),
   * `selection` (nothing in it), `format` (a program that it needs is not installed).
   */
  start: oc
    .input(
      z.strictObject({
        selection: selectionSchema,
        format: exportFormatSchema,
        /** Which files; personal data always has both. */
        streams: z.array(streamSchema).min(1).max(2).default(['raw']),
        /** An absolute path on the station's machine. */
        folder: z.string().min(1).max(4096),
      }),
    )
    .output(exportSchema)
    .errors({ INVALID_VALUE, CONFLICT }),
  /** Those since the console was started, the newest first. */
  list: oc.input(noInput).output(z.array(exportSchema)),
  /** At once, then four times a second at most while it runs; ends with it. */
  watch: oc.input(byId).output(eventIterator(exportSchema)).errors({ NOT_FOUND }),
  /** What was written so far is removed. Safe to call twice. */
  cancel: oc.input(byId).output(exportSchema).errors({ NOT_FOUND }),
};
