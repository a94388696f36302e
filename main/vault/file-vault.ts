import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../error-message';
import { orNothing } from '../files/absent';
import { writeFileDurably } from '../files/durable';
import { deriveKey, type KeyDerivation, newKeyDerivation, seal, unseal } from './sealing';
import { VaultError } from './vault-error';
import type { KeySource, VaultKey } from './vault-key';

const FORMAT = 'silvasonic-vault';
const VERSION = 1;
/** Sealed under the key, so that a wrong one is told from a damaged entry. */
const CHECK = { label: 'check', text: FORMAT } as const;

const documentSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  lock: z.strictObject({
    source: z.enum(['environment', 'key_file']),
    kdf: z.literal('scrypt'),
    // Bounded: a file that nobody here wrote must not eat the memory.
    n: z
      .int()
      .min(2)
      .max(2 ** 15),
    r: z.int().min(1).max(8),
    p: z.int().min(1).max(4),
    salt: z.base64(),
    check: z.base64(),
  }),
  /** Account → sealed secret; null: removed here, and the keyring may still have one. */
  entries: z.record(z.string(), z.base64().nullable()),
});
type Document = z.infer<typeof documentSchema>;
const versionSchema = z.object({ format: z.literal(FORMAT), version: z.int() });

export interface FileVaultOptions {
  /** e.g. `<data folder>/vault.json` */
  readonly path: string;
  readonly key: VaultKey;
  /** False while the disk of the data folder is not there: what lies in its mount point is not ours. */
  readonly usable: () => boolean;
  /** How the key of a new file is made; default: dear enough for whoever guesses. */
  readonly derivation?: () => KeyDerivation;
}

/** An open file and the key that fits. */
interface Opened {
  readonly document: Document;
  readonly key: Buffer;
}

/**
 * Credentials in a file, each sealed with AES-256-GCM under a key that lies elsewhere. The names of accounts are open.
 * Small, so it is read anew for each question: whoever puts the right file back needs no restart.
 */
export class FileVault {
  readonly #path: string;
  readonly #key: VaultKey;
  readonly #usable: () => boolean;
  readonly #derivation: () => KeyDerivation;
  /** Changes follow each other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The last key that was made, and of what. */
  #derived: { readonly of: string; readonly key: Buffer } | null = null;

  constructor({ path, key, usable, derivation = newKeyDerivation }: FileVaultOptions) {
    this.#derivation = derivation;
    this.#path = path;
    this.#key = key;
    this.#usable = usable;
  }

  /** What would lock a new one. */
  get preferredKey(): KeySource {
    return this.#key.preferred;
  }

  /** What locks it, or would. @throws VaultError */
  async lockedBy(): Promise<KeySource> {
    return (await this.#read())?.lock.source ?? this.#key.preferred;
  }

  /** Needs no key. null: removed here; undefined: it knows nothing of this account. @throws VaultError */
  async holds(account: string): Promise<boolean | null | undefined> {
    const entries = (await this.#read())?.entries ?? {};
    if (!Object.hasOwn(entries, account)) return undefined;
    return entries[account] === null ? null : true;
  }

  /** Needs no key. @throws VaultError */
  async accounts(): Promise<{ readonly kept: string[]; readonly removed: string[] }> {
    const entries = Object.entries((await this.#read())?.entries ?? {});
    const named = (isKept: boolean): string[] =>
      entries.filter(([, sealed]) => (sealed !== null) === isKept).map(([account]) => account);
    return { kept: named(true), removed: named(false) };
  }

  /** null: it has none. @throws VaultError */
  async get(account: string): Promise<string | null> {
    const document = await this.#read();
    const sealed = document === null ? null : entryOf(document, account);
    if (document === null || sealed === null) return null;
    const { key } = await this.#open(document);
    const secret = unseal(key, account, sealed);
    if (secret === null) throw this.#damaged(`the entry ${account} is not as it was written`);
    return secret;
  }

  /** @throws VaultError */
  async set(account: string, secret: string): Promise<void> {
    await this.#change(async (document) => {
      const opened =
        document === null ? await this.#make() : await this.#relocked(await this.#open(document));
      return withEntry(opened.document, account, seal(opened.key, account, secret));
    });
  }

  /** Needs no key. `bury`: it is remembered that the keyring may still have one. @throws VaultError */
  async remove(account: string, bury: boolean): Promise<void> {
    await this.#change(async (document) => {
      if (bury) return withEntry(document ?? (await this.#make()).document, account, null);
      if (document === null || !Object.hasOwn(document.entries, account)) return null;
      const { [account]: _gone, ...entries } = document.entries;
      return { ...document, entries };
    });
  }

  /** Makes sure that what it has can be read. @throws VaultError */
  async check(): Promise<void> {
    const document = await this.#read();
    if (document !== null) await this.#open(document);
  }

  /** @param make null: nothing changes */
  #change(make: (document: Document | null) => Promise<Document | null>): Promise<void> {
    const changed = this.#turn.then(async () => {
      const document = await make(await this.#read());
      if (document === null) return;
      await this.#reach(() =>
        writeFileDurably(this.#path, `${JSON.stringify(document, null, 2)}\n`),
      );
    });
    this.#turn = changed.catch(() => undefined);
    return changed;
  }

  /** null: there is no file yet. */
  async #read(): Promise<Document | null> {
    const text = await this.#reach(() => orNothing(readFile(this.#path, 'utf8')));
    if (text === null) return null;
    const content = parsed(text);
    const document = documentSchema.safeParse(content);
    if (document.success) return document.data;
    const { data } = versionSchema.safeParse(content);
    if (data !== undefined && data.version > VERSION) {
      const words = `The vault ${this.#path} was written by a newer version of the station (format ${data.version}).`;
      throw new VaultError('too_new', words);
    }
    throw this.#damaged('it is not a vault');
  }

  async #make(): Promise<Opened> {
    const text = await this.#reach(() => this.#key.readOrMake());
    const derivation = this.#derivation();
    const key = await this.#derive(text, derivation);
    const lock = {
      source: this.#key.preferred,
      ...derivation,
      check: seal(key, CHECK.label, CHECK.text),
    };
    return { document: { format: FORMAT, version: VERSION, lock, entries: {} }, key };
  }

  async #open(document: Document): Promise<Opened> {
    const { lock } = document;
    const name = this.#key.nameOf(lock.source);
    const text = await this.#reach(() => this.#key.read(lock.source));
    if (text === null) {
      const missing = lock.source === 'environment' ? 'which is not set' : 'which is not there';
      throw new VaultError(
        'key_missing',
        `The vault ${this.#path} is locked with ${name}, ${missing}. ${REMEDY}`,
      );
    }
    const key = await this.#derive(text, lock);
    if (unseal(key, CHECK.label, lock.check) !== CHECK.text) {
      throw new VaultError(
        'wrong_key',
        `The vault ${this.#path} was locked with another key than ${name} holds now. ${REMEDY}`,
      );
    }
    return { document, key };
  }

  /** From the key file to `SILVASONIC_ENCRYPTION_KEY`, once that is set. */
  async #relocked(opened: Opened): Promise<Opened> {
    const { document, key } = opened;
    if (document.lock.source === this.#key.preferred) return opened;
    const made = await this.#make();
    const entries: Document['entries'] = {};
    for (const [account, sealed] of Object.entries(document.entries)) {
      const secret = sealed === null ? null : unseal(key, account, sealed);
      // A damaged one is not made a lost one.
      if (sealed !== null && secret === null) return opened;
      entries[account] = secret === null ? null : seal(made.key, account, secret);
    }
    return { document: { ...made.document, entries }, key: made.key };
  }

  async #derive(text: string, derivation: KeyDerivation): Promise<Buffer> {
    const { n, r, p, salt } = derivation;
    const of = JSON.stringify([text, n, r, p, salt]);
    if (this.#derived?.of === of) return this.#derived.key;
    const key = await this.#reach(() => deriveKey(text, derivation));
    this.#derived = { of, key };
    return key;
  }

  async #reach<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#usable()) {
      throw new VaultError(
        'unreachable',
        'The data disk is missing, and with it the file of credentials.',
      );
    }
    try {
      return await work();
    } catch (error) {
      if (error instanceof VaultError) throw error;
      const words = `The vault ${this.#path} cannot be used: ${messageOf(error)}`;
      throw new VaultError('unreachable', words, { cause: error });
    }
  }

  #damaged(what: string): VaultError {
    return new VaultError(
      'damaged',
      `The vault ${this.#path} is damaged: ${what}. Remove it, and enter the passwords anew.`,
    );
  }
}

const REMEDY = 'Bring the right key, or remove the vault and enter the passwords anew.';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function entryOf({ entries }: Document, account: string): string | null {
  return Object.hasOwn(entries, account) ? (entries[account] ?? null) : null;
}

function withEntry(document: Document, account: string, sealed: string | null): Document {
  return { ...document, entries: { ...document.entries, [account]: sealed } };
}
