import { oc } from '@orpc/contract';
import { z } from 'zod';
import { contractErrors } from './errors';
import { noInput } from './no-input';

const { NOT_AVAILABLE } = contractErrors;
const chosen = z.strictObject({
  /** Absolute paths; empty: nothing was chosen. */
  paths: z.array(z.string()),
});

/**
 * The desktop's own dialogs, where the station has a window that is not a kiosk's; else NOT_AVAILABLE, and the page
 * offers `places` and a field for a path. What is dropped onto the page comes another way: see `dropped-files.ts` there.
 */
export const dialogsContract = {
  /** Any number of audio files. */
  openAudio: oc.input(noInput).output(chosen).errors({ NOT_AVAILABLE }),
  /** To import: any number of folders. To export: one, and a new one can be made in the dialog. */
  openFolder: oc
    .input(z.strictObject({ purpose: z.enum(['import', 'export']) }))
    .output(chosen)
    .errors({ NOT_AVAILABLE }),
  /** Disks, cards and sticks that are plugged in and mounted: where imports come from and exports go to. */
  places: oc.input(noInput).output(
    z.array(
      z.strictObject({
        /** An absolute path. */
        path: z.string(),
        /** As the disk calls itself, or its folder. */
        name: z.string(),
        totalBytes: z.number().int().min(0),
        freeBytes: z.number().int().min(0),
        writable: z.boolean(),
      }),
    ),
  ),
};
