import type { KeyringState } from '@shared/model/vault';

type KeyringProblem = Exclude<KeyringState, 'ok'>;

/** What libsecret and D-Bus say when there is no keyring, in one word. Their codes are not passed on, only text. */
export function classifyKeyringFailure(message: string): KeyringProblem {
  const kind = FAILURES.find(([pattern]) => pattern.test(message));
  return kind?.[1] ?? 'error';
}

const FAILURES: readonly (readonly [RegExp, KeyringProblem])[] = [
  [/org\.freedesktop\.secrets.*not provided by any \.service/i, 'no_keyring_service'],
  [/the name org\.freedesktop\.secrets/i, 'no_keyring_service'],
  // The keyring of before is gone, perhaps for another one: libsecret holds on to it until the process ends.
  [/the name :\d+\.\d+ was not provided/i, 'keyring_lost'],
  [/session wrapping the secret does not exist|the connection is closed/i, 'keyring_lost'],
  // Never unlocked: the login collection does not exist yet. Locked: a prompt that nobody sees was dismissed.
  [/object does not exist at path .*\/collection\//i, 'keyring_locked'],
  [/locked|prompt was dismissed|no such secret collection/i, 'keyring_locked'],
  [
    /autolaunch d-bus|could not connect|connection refused|session bus|dbus_session_bus_address/i,
    'no_session_bus',
  ],
  [/no such file or directory/i, 'no_session_bus'],
];
