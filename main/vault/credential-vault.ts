import { randomBytes } from 'node:crypto';
import type { VaultStatus } from '@shared/model/vault';
import type { Clock } from '../clock/clock';
import { classifyKeyringFailure } from './keyring-failure';
import { messageOf } from '../error-message';

/** What is used of the package `keytar`. */
export interface Keyring {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

export interface CredentialVaultOptions {
  readonly clock: Clock;
  /** Default: keytar. */
  readonly loadKeyring?: () => Promise<Keyring>;
}

/** The keyring cannot be used; `reason` says why in one word. */
export class VaultError extends Error {
  readonly reason: Exclude<VaultStatus['reason'], 'ok'>;

  constructor(
    reason: Exclude<VaultStatus['reason'], 'ok'>,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'VaultError';
    this.reason = reason;
  }
}

const SERVICE = 'silvasonic-station';
/** A keyring that asks a person something on a screen nobody looks at never answers. */
const TIMEOUT_MS = 5000;

/** Credentials in the operating system's keyring. Never in the database, arguments, logs or bundles. */
export class CredentialVault {
  readonly #clock: Clock;
  readonly #loadKeyring: () => Promise<Keyring>;
  #keyring: Promise<Keyring> | null = null;

  constructor(options: CredentialVaultOptions) {
    this.#clock = options.clock;
    this.#loadKeyring = options.loadKeyring ?? loadKeytar;
  }

  /** @throws VaultError */
  async get(account: string): Promise<string | null> {
    return this.#ask((keyring) => keyring.getPassword(SERVICE, account));
  }

  /** @throws VaultError */
  async set(account: string, secret: string): Promise<void> {
    await this.#ask((keyring) => keyring.setPassword(SERVICE, account, secret));
  }

  /** @returns whether there was one @throws VaultError */
  async delete(account: string): Promise<boolean> {
    return this.#ask((keyring) => keyring.deletePassword(SERVICE, account));
  }

  /** Writes, reads back and removes a random credential. A failure is part of the answer. */
  async test(): Promise<VaultStatus> {
    const account = `self-test-${randomBytes(6).toString('hex')}`;
    const secret = randomBytes(24).toString('base64');
    try {
      await this.set(account, secret);
      const read = await this.get(account).finally(() => this.delete(account));
      if (read === secret) return { available: true, backend: 'keyring', reason: 'ok', detail: '' };
      return unavailable('error', 'The keyring gave back something else than was written.');
    } catch (error) {
      if (error instanceof VaultError) return unavailable(error.reason, error.message);
      throw error;
    }
  }

  async #ask<T>(question: (keyring: Keyring) => Promise<T>): Promise<T> {
    const patience = new AbortController();
    const answer = (async () => question(await this.#open()))();
    const timeout = this.#clock.sleep(TIMEOUT_MS, patience.signal).then((elapsed) => {
      if (elapsed)
        throw new VaultError(
          'error',
          `The keyring did not answer within ${String(TIMEOUT_MS)} ms.`,
        );
      return answer;
    });
    try {
      return await Promise.race([answer, timeout]);
    } catch (error) {
      if (error instanceof VaultError) throw error;
      const message = messageOf(error);
      throw new VaultError(classifyKeyringFailure(message), message, { cause: error });
    } finally {
      patience.abort();
      timeout.catch(() => undefined);
    }
  }

  /** Loaded at first use: a missing libsecret is a status, not a station that does not start. */
  #open(): Promise<Keyring> {
    this.#keyring ??= this.#loadKeyring();
    this.#keyring.catch(() => (this.#keyring = null));
    return this.#keyring;
  }
}

function unavailable(reason: VaultError['reason'], detail: string): VaultStatus {
  return { available: false, backend: 'none', reason, detail };
}

async function loadKeytar(): Promise<Keyring> {
  const { default: keytar } = await import('keytar');
  return keytar;
}
