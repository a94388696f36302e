import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../files/durable';
import { makeFoldersBelow } from '../files/folders-below';
import { freeName } from '../files/free-name';
import type { Workspace } from './workspace';

/** Sets a file aside that is no recording, with the reason beside it. What lies there already stays. */
export async function quarantine(
  workspace: Workspace,
  file: string,
  wantedName: string,
  reason: string,
): Promise<void> {
  await makeFoldersBelow(dirname(workspace.path), workspace.quarantine);
  const target = join(workspace.quarantine, await freeName([workspace.quarantine], wantedName));
  await rename(file, target);
  await writeFile(`${target}.reason.txt`, `${reason}\n`);
  await syncFolder(workspace.quarantine);
}
