import type { Keytar } from '@main/vault/keyring';

/** A keyring in memory that can be broken: `failure` is what it says to everything. */
export class MemoryKeytar implements Keytar {
  readonly secrets = new Map<string, string>();
  failure: Error | null = null;
  /** Answers nothing until it is let go. */
  hanging = false;
  asked = 0;
  readonly #waiting: (() => void)[] = [];

  getPassword(service: string, account: string): Promise<string | null> {
    return this.#answer(() => this.secrets.get(`${service}/${account}`) ?? null);
  }

  setPassword(service: string, account: string, password: string): Promise<void> {
    return this.#answer(() => {
      this.secrets.set(`${service}/${account}`, password);
    });
  }

  deletePassword(service: string, account: string): Promise<boolean> {
    return this.#answer(() => this.secrets.delete(`${service}/${account}`));
  }

  letGo(): void {
    this.hanging = false;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #answer<T>(act: () => T): Promise<T> {
    this.asked += 1;
    if (this.hanging) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.failure !== null) throw this.failure;
    return act();
  }
}
