import type { Clock } from '../clock/clock';
import { messageOf } from '../error-message';
import { classifyKeyringFailure } from './keyring-failure';
import { VaultError } from './vault-error';

/** What is used of the package `keytar`. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

export interface KeyringOptions {
  /** What this station's credentials are called there. */
  readonly service: string;
  readonly clock: Clock;
  /** Default: the package. */
  readonly loadKeytar?: () => Promise<Keytar>;
}

/** A keyring that asks a person something on a screen nobody looks at never answers. */
const PATIENCE_MS = 5000;

/** The operating system's keyring. */
export class Keyring {
  readonly #service: string;
  readonly #clock: Clock;
  readonly #loadKeytar: () => Promise<Keytar>;
  #keytar: Promise<Keytar> | null = null;
  /** Settles when the last question was answered or given up. */
  #turn: Promise<unknown> = Promise.resolve();
  /** A question that was given up is still with the keyring. */
  #unanswered = false;

  constructor(options: KeyringOptions) {
    this.#service = options.service;
    this.#clock = options.clock;
    this.#loadKeytar = options.loadKeytar ?? importKeytar;
  }

  /** null: there is none of this name. @throws VaultError */
  get(account: string): Promise<string | null> {
    return this.#ask((keytar) => keytar.getPassword(this.#service, account));
  }

  /** @throws VaultError */
  set(account: string, secret: string): Promise<void> {
    return this.#ask((keytar) => keytar.setPassword(this.#service, account, secret));
  }

  /** @returns whether there was one @throws VaultError */
  delete(account: string): Promise<boolean> {
    return this.#ask((keytar) => keytar.deletePassword(this.#service, account));
  }

  /**
   * One question at a time, and none while an old one hangs: each holds a thread of the pool that the station's file
   * work runs in, and there are four of those.
   */
  #ask<T>(question: (keytar: Keytar) => Promise<T>): Promise<T> {
    const answer = this.#turn.then(() => this.#askNow(question));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #askNow<T>(question: (keytar: Keytar) => Promise<T>): Promise<T> {
    if (this.#unanswered) {
      throw new VaultError('keyring_silent', 'The keyring has not answered an earlier question.');
    }
    const patience = new AbortController();
    const answer = (async () => question(await this.#open()))();
    const timeout = this.#clock.sleep(PATIENCE_MS, patience.signal).then((elapsed) => {
      if (!elapsed) return answer;
      this.#giveUp(answer);
      const words = `The keyring did not answer within ${String(PATIENCE_MS)} ms.`;
      throw new VaultError('keyring_silent', words);
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

  #giveUp(answer: Promise<unknown>): void {
    this.#unanswered = true;
    const answered = (): void => {
      this.#unanswered = false;
    };
    answer.then(answered, answered);
  }

  /** Loaded at first use: a missing libsecret is a status, not a station that does not start. */
  #open(): Promise<Keytar> {
    this.#keytar ??= this.#loadKeytar();
    this.#keytar.catch(() => (this.#keytar = null));
    return this.#keytar;
  }
}

async function importKeytar(): Promise<Keytar> {
  const { default: keytar } = await import('keytar');
  return keytar;
}
