import type { CloudProvider } from '../provider';

/** Where the remotes are found. */
export interface CustodyRemotes {
  /** Those that were not removed, in the order in which they are served. */
  list(): readonly { readonly slug: string; readonly name: string }[];
  /** @throws CloudError, e.g. when its secrets cannot be had */
  provider(slug: string): Promise<CloudProvider>;
}
