import type { RemoteType } from '@shared/model/remote';
import { messageOf } from '../../error-message';
import { CloudError, type CloudProvider } from '../provider';
import type { RemoteRow, RemoteRows } from './remote-rows';

/** Where a remote lies and how one gets in. */
export interface RemotePlace {
  readonly type: RemoteType;
  readonly options: Readonly<Record<string, string>>;
  /** By option name, in clear. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly basePath: string;
}

/** @throws RemoteOptionsError when something does not fit */
export type MakeProvider = (
  place: RemotePlace,
  /** Told of secrets that the remote replaced, by option name. */
  onRefreshed: (secrets: Readonly<Record<string, string>>) => void,
) => CloudProvider;

export interface RemoteProvidersOptions {
  readonly rows: RemoteRows;
  /** @throws VaultError */
  readonly secretsOf: (
    slug: string,
    names: readonly string[],
  ) => Promise<Readonly<Record<string, string>>>;
  readonly keepRefreshed: (slug: string, secrets: Readonly<Record<string, string>>) => void;
  readonly make: MakeProvider;
}

/** A provider per remote, made when it is first needed, and anew after its remote was changed. */
export class RemoteProviders {
  readonly #options: RemoteProvidersOptions;
  readonly #open = new Map<string, Promise<CloudProvider>>();

  constructor(options: RemoteProvidersOptions) {
    this.#options = options;
  }

  /** @throws NotFoundError; CloudError when its secrets cannot be had, or its options do not fit any more */
  get(slug: string): Promise<CloudProvider> {
    const row = this.#options.rows.get(slug);
    const known = this.#open.get(slug);
    if (known !== undefined) return known;
    const made = this.#make(row);
    this.#open.set(slug, made);
    made.catch(() => {
      if (this.#open.get(slug) === made) this.#open.delete(slug);
    });
    return made;
  }

  /** It was changed or removed: what goes on with the old one is broken off. */
  async forget(slug: string): Promise<void> {
    const known = this.#open.get(slug);
    this.#open.delete(slug);
    await (await known?.catch(() => undefined))?.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((slug) => this.forget(slug)));
  }

  async #make(row: RemoteRow): Promise<CloudProvider> {
    const { secretsOf, keepRefreshed, make } = this.#options;
    const { slug, type, options, basePath, secretNames } = row;
    try {
      const secrets = await secretsOf(slug, secretNames);
      const missing = secretNames.filter((name) => secrets[name] === undefined);
      if (missing.length > 0) {
        throw new CloudError('AUTH', `The vault has no ${missing.join(', ')} for it any more.`);
      }
      return make({ type, options, secrets, basePath }, (refreshed) => {
        keepRefreshed(slug, refreshed);
      });
    } catch (error) {
      if (error instanceof CloudError) throw error;
      // A keyring that is locked may be unlocked any moment: no recording loses a try over it.
      throw new CloudError('OFFLINE', messageOf(error), { cause: error });
    }
  }
}
