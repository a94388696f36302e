import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { MARKER_NAME } from '../data-folder';
import { orNothing } from '../files/absent';
import { makeFoldersBelow } from '../files/folders-below';

/** The folders of one device below `<data>/recorder/<workspace>/`. */
export interface Workspace {
  readonly path: string;
  /** Where ffmpeg writes. Nothing in here is a recording yet. */
  readonly buffer: Readonly<Record<Stream, string>>;
  /** Where promoted segments lie. */
  readonly data: Readonly<Record<Stream, string>>;
  /** Files that were refused, each with its reason beside it. */
  readonly quarantine: string;
}

export function workspaceAt(recorderDir: string, name: string): Workspace {
  const path = join(recorderDir, name);
  return {
    path,
    buffer: { raw: join(path, '.buffer', 'raw'), processed: join(path, '.buffer', 'processed') },
    data: { raw: join(path, 'data', 'raw'), processed: join(path, 'data', 'processed') },
    quarantine: join(path, 'quarantine'),
  };
}

/** @throws Node's errors; ENOENT: the data disk is gone */
export async function makeWorkspace(workspace: Workspace): Promise<void> {
  const all = dirname(workspace.path);
  await makeAgain(all);
  for (const folder of [...Object.values(workspace.buffer), ...Object.values(workspace.data)]) {
    await makeFoldersBelow(all, folder);
  }
}

/** Somebody may have removed all workspaces of a station that goes on; of one whose disk is gone the mark is gone too. */
async function makeAgain(recorderDir: string): Promise<void> {
  if ((await orNothing(stat(recorderDir))) !== null) return;
  if ((await orNothing(stat(join(dirname(recorderDir), MARKER_NAME)))) === null) return;
  await makeFoldersBelow(dirname(recorderDir), recorderDir);
}
