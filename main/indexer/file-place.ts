import { join } from 'node:path';
import type { Stream } from '@shared/model/recording';

export function fileKey(workspace: string, stream: Stream, name: string): string {
  return `${workspace}/${stream}/${name}`;
}

/** As rows write it: relative to the data folder, `/` at its end. */
export function folderInRows(workspace: string, stream: Stream): string {
  return `recorder/${workspace}/data/${stream}/`;
}

/** Of `recorder/<workspace>/data/<stream>/<name>`. */
export function partsOfPath(path: string): { workspace: string; stream: string; name: string } {
  const [, workspace = '', , stream = '', name = ''] = path.split('/');
  return { workspace, stream, name };
}

/** Where the promoted segments of one stream lie. */
export interface SegmentFolder {
  /** On the disk. */
  readonly path: string;
  /** As rows write it. */
  readonly inRows: string;
}

export function foldersOf(recorderDir: string, workspace: string): Record<Stream, SegmentFolder> {
  const folder = (stream: Stream): SegmentFolder => ({
    path: join(recorderDir, workspace, 'data', stream),
    inRows: folderInRows(workspace, stream),
  });
  return { raw: folder('raw'), processed: folder('processed') };
}
