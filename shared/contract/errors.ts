import { z } from 'zod';

/**
 * The closed list of errors a procedure can answer with, beside `BAD_REQUEST` (input that fails its
 * schema; `data.issues[].path` says where). Text and advice for people live in the page.
 */
export const contractErrors = {
  NOT_FOUND: {
    message: 'There is no such thing.',
    data: z.strictObject({
      what: z.enum([
        'device',
        'recording',
        'profile',
        'setting',
        'file',
        'import',
        'export',
        'worker',
        'change', // too old to be taken back, or taken back already
        'remote',
      ]),
      id: z.string(),
    }),
  },
  CONFLICT: {
    message: 'The request contradicts the present state.',
    data: z.strictObject({
      reason: z.enum([
        'already_exists',
        'in_use',
        'seeded', // ships with the station
        'not_removable', // real hardware is ignored, not removed
        'import_running', // one at a time
        'export_running', // one at a time
        'not_in_bin', // only what was discarded is purged
        'reconciliation_running', // one at a time per remote
      ]),
      id: z.string(),
    }),
  },
  INVALID_VALUE: {
    message: 'The value is not allowed.',
    data: z.strictObject({ path: z.string(), problem: z.string() }),
  },
  NOT_AVAILABLE: {
    message: 'This station cannot do that here.',
    data: z.strictObject({
      reason: z.enum([
        'no_window', // nobody sits before it
        'kiosk', // a dialog of the desktop would be a way out
        'no_room', // on the data disk
        'database_damaged', // there is nothing sound to copy
        'data_disk', // it is away or cannot be read: nothing that is seen there can be believed
        'vault', // neither the keyring nor the encrypted file takes or gives a secret
        'rclone', // it is missing, or too old
        'remote', // it cannot be reached, or does not answer as it should
        'login', // Google or Microsoft did not let the station in
        'no_copy', // no remote has one that was read back
      ]),
    }),
  },
} as const;
