import { ORPCError } from '@orpc/client';
import type { StationClient } from '@shared/contract';
import type { Recording, Selection } from '@shared/model/recording';
import { AlreadySaid } from './already-said';
import type { Output } from './output';

/** What there is of the recordings that somebody named, in their order, and the ids of which there is none. */
export async function askedFor(
  client: StationClient,
  ids: readonly number[],
): Promise<{ found: Recording[]; missing: number[] }> {
  const found: Recording[] = [];
  const missing: number[] = [];
  for (const id of new Set(ids)) {
    try {
      found.push(await client.recordings.get({ id }));
    } catch (error) {
      if (!(error instanceof ORPCError && error.code === 'NOT_FOUND')) throw error;
      missing.push(id);
    }
  }
  return { found, missing };
}

/** Ids in a selection of which there is no recording; none where a filter says which. */
export async function missingIn(client: StationClient, selection: Selection): Promise<number[]> {
  return 'ids' in selection ? (await askedFor(client, selection.ids)).missing : [];
}

/** @throws AlreadySaid when somebody named what there is not: the rest was done, and that is not all */
export function tellMissing(missing: readonly number[], output: Output): void {
  if (missing.length === 0) return;
  output.err(`There is no recording ${missing.map(String).join(', ')}.`);
  throw new AlreadySaid();
}
