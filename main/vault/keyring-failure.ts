import type { VaultStatus } from '@shared/model/vault';

/** What libsecret and D-Bus say when there is no keyring, in one word. Their codes are not passed on, only text. */
export function classifyKeyringFailure(message: string): Exclude<VaultStatus['reason'], 'ok'> {
  const kind = FAILURES.find(([pattern]) => pattern.test(message));
  return kind?.[1] ?? 'error';
}

const FAILURES: readonly (readonly [RegExp, Exclude<VaultStatus['reason'], 'ok'>])[] = [
  [/org\.freedesktop\.secrets.*not provided by any \.service/i, 'no_keyring_service'],
  [/the name org\.freedesktop\.secrets/i, 'no_keyring_service'],
  // Never unlocked: the login collection does not exist yet. Locked: a prompt that nobody sees was dismissed.
  [/object does not exist at path .*\/collection\//i, 'keyring_locked'],
  [/locked|prompt was dismissed|no such secret collection/i, 'keyring_locked'],
  [
    /autolaunch d-bus|could not connect|connection refused|session bus|dbus_session_bus_address/i,
    'no_session_bus',
  ],
  [/no such file or directory/i, 'no_session_bus'],
];
