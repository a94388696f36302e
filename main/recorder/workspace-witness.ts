import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orNothing } from '../files/absent';
import { readGuano } from '../wav/guano';
import type { LedgerReader } from './ledger-reader';
import type { RunRecord } from './run-files';
import { workspaceAt } from './workspace';

/** More files that cannot be read are not asked. */
const MOST_ASKED = 10;

/**
 * Whose a workspace is, by what lies in it: its newest run that can be read, else the metadata in its newest raw
 * files, else its own name, which was made from the device's.
 * @throws Node's errors when the folder cannot be read now: nobody is to take that for an answer
 */
export async function witnessOf(
  recorderDir: string,
  workspace: string,
  ledger: LedgerReader,
): Promise<RunRecord['device']> {
  const newest = await ledger.newestRun(workspace);
  return (
    newest?.device ??
    (await toldByMetadata(workspaceAt(recorderDir, workspace).data.raw)) ?? {
      name: workspace,
      displayName: workspace,
      simulated: false,
    }
  );
}

async function toldByMetadata(folder: string): Promise<RunRecord['device'] | null> {
  // Names begin with the time.
  const names = ((await orNothing(readdir(folder))) ?? []).sort().reverse();
  for (const file of names.slice(0, MOST_ASKED)) {
    const fields = await readGuano(join(folder, file)).catch(() => null);
    const name = fields?.get('Silvasonic|Device');
    if (name === undefined || name === '') continue;
    const displayName = fields?.get('Model') ?? name;
    return { name, displayName, simulated: fields?.get('Silvasonic|Simulated') === 'yes' };
  }
  return null;
}
