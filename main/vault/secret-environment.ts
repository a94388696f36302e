/** What a provisioned fleet brings by its environment. A value that is empty is not there. */
export interface SecretEnvironment {
  /** `SILVASONIC_ENCRYPTION_KEY` */
  readonly encryptionKey: string | null;
  /** `SILVASONIC_CLOUD_REMOTE_TYPE`, `_URL`, `_USER`, `_PASS` */
  readonly remote: Readonly<Record<RemoteVariable, string | null>>;
}

export const REMOTE_VARIABLES = {
  type: 'SILVASONIC_CLOUD_REMOTE_TYPE',
  url: 'SILVASONIC_CLOUD_REMOTE_URL',
  user: 'SILVASONIC_CLOUD_REMOTE_USER',
  pass: 'SILVASONIC_CLOUD_REMOTE_PASS',
} as const;
export type RemoteVariable = keyof typeof REMOTE_VARIABLES;

export const NO_SECRETS: SecretEnvironment = {
  encryptionKey: null,
  remote: { type: null, url: null, user: null, pass: null },
};

/**
 * Reads what may be secret, and takes it out: every program that the station starts would inherit it, and captures live
 * on without us. Once per process, before the first of them.
 */
export function takeSecretEnvironment(env: NodeJS.ProcessEnv): SecretEnvironment {
  const take = (name: string): string | null => {
    const value = env[name]?.trim() ?? '';
    Reflect.deleteProperty(env, name);
    return value === '' ? null : value;
  };
  const { type, url, user, pass } = REMOTE_VARIABLES;
  return {
    encryptionKey: take('SILVASONIC_ENCRYPTION_KEY'),
    remote: { type: take(type), url: take(url), user: take(user), pass: take(pass) },
  };
}
