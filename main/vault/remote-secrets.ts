import type { CredentialVault } from './credential-vault';
import type { SecretScrubber } from './secret-scrubber';
import { VaultError } from './vault-error';

/**
 * The secrets of remotes, by slug and option name. What was read once stays known until the station stops: a keyring
 * that locks itself or dies meanwhile stops no upload.
 */
export class RemoteSecrets {
  readonly #vault: CredentialVault;
  readonly #scrubber: SecretScrubber;
  readonly #onReach: (problem: string | null) => void;
  readonly #known = new Map<string, string>();
  /** Of these, what is known is newer than what is kept. */
  readonly #unkept = new Set<string>();

  /** @param onReach told whenever the vault was asked: its problem, or null when it answered */
  constructor(
    vault: CredentialVault,
    scrubber: SecretScrubber,
    onReach: (problem: string | null) => void = () => undefined,
  ) {
    this.#vault = vault;
    this.#scrubber = scrubber;
    this.#onReach = onReach;
  }

  /** null: there is none. @throws VaultError */
  async get(slug: string, option: string): Promise<string | null> {
    const account = accountOf(slug, option);
    const known = this.#known.get(account);
    if (known !== undefined) return known;
    const secret = await this.#reach(() => this.#vault.get(account));
    if (secret !== null) this.#learn(account, secret);
    return secret;
  }

  /** Those that are there, by option name. @throws VaultError */
  async all(slug: string, options: readonly string[]): Promise<Record<string, string>> {
    const found: [string, string][] = [];
    for (const option of options) {
      const secret = await this.get(slug, option);
      if (secret !== null) found.push([option, secret]);
    }
    return Object.fromEntries(found);
  }

  /** @throws VaultError; then the one from before stays */
  async put(slug: string, option: string, secret: string): Promise<void> {
    const account = accountOf(slug, option);
    this.#scrubber.learn(secret);
    await this.#reach(() => this.#vault.set(account, secret));
    this.#learn(account, secret);
  }

  /**
   * Keeps what a remote gave in place of the one from before, where that one lies. The new one counts from now on even
   * where it cannot be kept: the old one may have ended with it.
   * @throws VaultError
   */
  async refresh(slug: string, option: string, secret: string): Promise<void> {
    const account = accountOf(slug, option);
    if (this.#known.get(account) === secret && !this.#unkept.has(account)) return;
    this.#learn(account, secret);
    this.#unkept.add(account);
    await this.#reach(() => this.#vault.replace(account, secret));
    this.#unkept.delete(account);
  }

  /** Nothing there is no error. @throws VaultError when it is not certain that they are gone */
  async delete(slug: string, options: readonly string[]): Promise<void> {
    for (const option of options) {
      const account = accountOf(slug, option);
      this.#known.delete(account);
      await this.#vault.delete(account);
    }
  }

  async #reach<T>(ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      this.#onReach(null);
      return answer;
    } catch (error) {
      if (error instanceof VaultError) this.#onReach(error.message);
      throw error;
    }
  }

  #learn(account: string, secret: string): void {
    this.#scrubber.learn(secret);
    this.#known.set(account, secret);
  }
}

function accountOf(slug: string, option: string): string {
  return `remote:${slug}:${option}`;
}
