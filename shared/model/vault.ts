import { z } from 'zod';

/** Whether credentials can be kept, and if not, why, in one plain word. */
export const vaultStatusSchema = z.strictObject({
  available: z.boolean(),
  backend: z.enum(['keyring', 'none']),
  reason: z.enum(['ok', 'no_session_bus', 'no_keyring_service', 'keyring_locked', 'error']),
  /** English detail from the source. */
  detail: z.string(),
});
export type VaultStatus = z.infer<typeof vaultStatusSchema>;
