import type { RemoteType } from '@shared/model/remote';

/** A place that is really served on loopback, in the words in which a person would add it. */
export interface ServedRemote {
  readonly type: RemoteType;
  readonly options: Record<string, string>;
  readonly secrets: Record<string, string>;
  /** Where on this machine what was sent to it lies: `<folder>/<base path>/…`. */
  readonly folder: string;
}

/** A folder as a remote: an external disk, a mounted share. */
export function folderRemote(folder: string): ServedRemote {
  return { type: 'local', options: { path: folder }, secrets: {}, folder };
}
