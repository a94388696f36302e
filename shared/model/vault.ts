import { z } from 'zod';

/** Of the operating system's keyring, in one plain word. */
export const keyringStateSchema = z.enum([
  'ok',
  'no_session_bus',
  'no_keyring_service',
  'keyring_locked',
  'keyring_silent', // asked, and no answer came in time
  'keyring_lost', // restarted under a running console, which only finds it again at its next start
  'error',
]);
export type KeyringState = z.infer<typeof keyringStateSchema>;

/** Of the encrypted file, which takes what the keyring cannot. */
export const vaultFileStateSchema = z.enum([
  'unused', // there is none yet
  'open',
  'wrong_key',
  'key_missing',
  'damaged',
  'too_new', // of a newer version of the station
  'unreachable', // cannot be read or written
]);
export type VaultFileState = z.infer<typeof vaultFileStateSchema>;

/** Whether credentials can be kept, where, and what is wrong with the better place, in plain words. */
export const vaultStatusSchema = z.strictObject({
  available: z.boolean(),
  /** Where the next one goes. */
  backend: z.enum(['keyring', 'file', 'none']),
  reason: keyringStateSchema,
  file: z.strictObject({
    state: vaultFileStateSchema,
    /** What locks it: `SILVASONIC_ENCRYPTION_KEY`, or a key file that only the station's user can read. */
    key: z.enum(['environment', 'key_file']),
    /** Credentials in it. */
    entries: z.number().int().min(0),
  }),
  /** English detail from the source. */
  detail: z.string(),
});
export type VaultStatus = z.infer<typeof vaultStatusSchema>;
