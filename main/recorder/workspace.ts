import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from '@shared/model/recording';

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

export async function makeWorkspace(workspace: Workspace): Promise<void> {
  for (const folder of [...Object.values(workspace.buffer), ...Object.values(workspace.data)]) {
    await mkdir(folder, { recursive: true });
  }
}
