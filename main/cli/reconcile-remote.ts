import { setTimeout as sleep } from 'node:timers/promises';
import type { StationClient } from '@shared/contract';
import type { Reconciliation } from '@shared/model/custody';
import { AlreadySaid } from './already-said';
import { counted, type Output, printable } from './output';

const LOOK_MS = 250;

/**
 * Compares a remote with the database, and waits for the end.
 * @throws AlreadySaid when it ended early, or something is missing or different there
 */
export async function reconcileRemote(
  client: StationClient,
  slug: string,
  json: boolean,
  output: Output,
): Promise<void> {
  let last: Reconciliation | null = await client.remotes.reconcile({ slug });
  while (last !== null && last.finishedAt === null) {
    await sleep(LOOK_MS);
    last = await client.remotes.reconciliation({ slug });
  }
  // The console that compared it was replaced by another one meanwhile.
  if (last === null) throw new Error('The comparison was broken off.');
  if (json) output.out(JSON.stringify(last));
  else for (const line of reconciliationLines(last)) output.out(printable(line));
  if (last.problem !== null && !json) output.err(printable(`It ended early: ${last.problem}`));
  if (last.problem !== null || last.missing > 0 || last.different > 0) throw new AlreadySaid();
}

/** What a comparison came to, as a person reads it. */
export function reconciliationLines(result: Reconciliation): string[] {
  const { remote, objects, agreed, missing, different, unknown } = result;
  const lines = [
    `${remote} has ${counted(objects, 'object')}; ${String(agreed)} of its copies are as the database says.`,
  ];
  if (missing > 0) lines.push(`Gone: ${String(missing)}. What is here still is sent again.`);
  if (different > 0) lines.push(`Not what was sent: ${String(different)}.`);
  if (unknown > 0) lines.push(`Known to no recording, and left alone: ${String(unknown)}.`);
  return lines;
}
