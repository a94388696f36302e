import { randomBytes } from 'node:crypto';
import {
  type KeyringState,
  keyringStateSchema,
  type VaultFileState,
  vaultFileStateSchema,
  type VaultStatus,
} from '@shared/model/vault';
import type { FileVault } from './file-vault';
import type { Keyring } from './keyring';
import { VaultError } from './vault-error';

/**
 * The station's credentials: in the operating system's keyring, and where that cannot be used, in an encrypted file.
 * What the file has is newer than what the keyring has, for it was written there when the keyring could not be. Never in
 * the database, arguments, logs or bundles.
 */
export class CredentialVault {
  readonly #keyring: Keyring;
  readonly #file: FileVault;

  constructor(keyring: Keyring, file: FileVault) {
    this.#keyring = keyring;
    this.#file = file;
  }

  /** null: there is none. @throws VaultError when that cannot be told */
  async get(account: string): Promise<string | null> {
    let inFile: boolean | null | undefined;
    try {
      inFile = await this.#file.holds(account);
    } catch (error) {
      // It may have had a newer one; an older one is better than none.
      const older = await this.#fromKeyring(account);
      if (older === null) throw error;
      return older;
    }
    if (inFile === undefined) return this.#keyring.get(account);
    return inFile === null ? null : this.#file.get(account);
  }

  /** @returns where it lies now @throws VaultError when neither takes it; then the one from before stays */
  async set(account: string, secret: string): Promise<'keyring' | 'file'> {
    try {
      await this.#keyring.set(account, secret);
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      await this.#intoFile(account, secret, error);
      return 'file';
    }
    try {
      await this.#file.remove(account, false);
    } catch (error) {
      // Nothing in a damaged one can come before the keyring any more.
      if (!(error instanceof VaultError) || error.reason !== 'damaged') throw error;
    }
    return 'keyring';
  }

  /** Puts a new one where the old one lies: what could be read without a keyring still can. @throws VaultError */
  async replace(account: string, secret: string): Promise<void> {
    if ((await this.#file.holds(account)) === true) await this.#file.set(account, secret);
    else await this.set(account, secret);
  }

  /** Nothing there is no error. A keyring that cannot be asked is told when it can. @throws VaultError */
  async delete(account: string): Promise<void> {
    const isGone = await this.#goneFromKeyring(account);
    await this.#file.remove(account, !isGone);
  }

  /** Removes from the keyring what was removed while it could not be asked. Never throws. */
  async tidy(): Promise<void> {
    try {
      const { removed } = await this.#file.accounts();
      for (const account of removed) {
        if (!(await this.#goneFromKeyring(account))) return;
        await this.#file.remove(account, false);
      }
    } catch {
      // The next start tries again.
    }
  }

  /** Writes, reads back and removes a random credential. A failure is part of the answer. */
  async test(): Promise<VaultStatus> {
    const account = `self-test-${randomBytes(6).toString('hex')}`;
    const keyring = await this.#testKeyring(account);
    const file = await this.#testFile(keyring.state === 'ok' ? null : account);
    const { state, key, entries } = file;
    const fileWorks = state === 'unused' || state === 'open';
    const otherPlace = fileWorks ? 'file' : 'none';
    return {
      available: keyring.state === 'ok' ? fileWorks || isUnneeded(file) : fileWorks,
      backend: keyring.state === 'ok' ? 'keyring' : otherPlace,
      reason: keyring.state,
      file: { state, key, entries },
      detail: [keyring.detail, file.detail].filter((detail) => detail !== '').join(' '),
    };
  }

  async #intoFile(account: string, secret: string, why: VaultError): Promise<void> {
    try {
      await this.#file.set(account, secret);
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      const words = `${error.message} And the keyring cannot be used: ${why.message}`;
      throw new VaultError(error.reason, words, { cause: error });
    }
  }

  async #goneFromKeyring(account: string): Promise<boolean> {
    try {
      await this.#keyring.delete(account);
      return true;
    } catch (error) {
      if (error instanceof VaultError) return false;
      throw error;
    }
  }

  /** null as well when it cannot be asked. */
  async #fromKeyring(account: string): Promise<string | null> {
    try {
      return await this.#keyring.get(account);
    } catch (error) {
      if (error instanceof VaultError) return null;
      throw error;
    }
  }

  async #testKeyring(account: string): Promise<KeyringTest> {
    try {
      const secret = newSecret();
      await this.#keyring.set(account, secret);
      const read = await this.#keyring.get(account).finally(() => this.#keyring.delete(account));
      if (read === secret) return { state: 'ok', detail: '' };
      const detail = 'The keyring gave back something else than was written.';
      return { state: 'error', detail };
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      const state = keyringStateSchema.safeParse(error.reason);
      return { state: state.data ?? 'error', detail: error.message };
    }
  }

  /** @param account null: it is only looked at; else it is also seen whether it takes something */
  async #testFile(account: string | null): Promise<FileTest> {
    let known = { key: this.#file.preferredKey, entries: 0 };
    try {
      const { kept } = await this.#file.accounts();
      known = { key: await this.#file.lockedBy(), entries: kept.length };
      if (account !== null) {
        await this.#file.set(account, newSecret());
        await this.#file.get(account).finally(() => this.#file.remove(account, false));
      } else if (known.entries === 0) {
        return { ...known, state: 'unused', detail: '' };
      } else {
        await this.#file.check();
      }
      return { ...known, state: 'open', detail: '' };
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      const state = vaultFileStateSchema.safeParse(error.reason);
      return { ...known, state: state.data ?? 'unreachable', detail: error.message };
    }
  }
}

interface KeyringTest {
  readonly state: KeyringState;
  readonly detail: string;
}

interface FileTest {
  readonly state: VaultFileState;
  readonly key: VaultStatus['file']['key'];
  readonly entries: number;
  readonly detail: string;
}

/** What cannot be opened holds nothing, as far as that can be seen. */
function isUnneeded({ state, entries }: FileTest): boolean {
  return entries === 0 && state !== 'damaged';
}

function newSecret(): string {
  return randomBytes(24).toString('base64');
}
