import type { CloudFailure, UploadWindow } from '@shared/model/remote';
import type { CloudProvider } from '../provider';

/** Why a remote waits for a person. */
export type StoppedFor = 'pause' | 'refused' | 'full';

/** What the uploader must know of a remote. */
export interface UploadRemote {
  readonly slug: string;
  readonly name: string;
  readonly stoppedFor: StoppedFor | null;
  /** UTC milliseconds. */
  readonly stoppedAtMs: number | null;
  /** Recordings up to this one were made before it was added, and do not belong to it. */
  readonly fromId: number;
  /** rclone's notation; null: the station's own limit. */
  readonly bandwidthLimit: string | null;
  /** null: the station's own hours. */
  readonly window: UploadWindow | null;
  /** By which hashes it tells what it has, by rclone's names; null: not known yet. */
  readonly hashes: readonly string[] | null;
}

/** Where the uploader finds the remotes. Asked often: it answers from memory, or from a handful of rows. */
export interface RemoteSource {
  /** Those that were not removed, in the order in which they are served. */
  list(): readonly UploadRemote[];
  /** @throws CloudError, e.g. when its secrets cannot be had */
  provider(slug: string): Promise<CloudProvider>;
  /** It takes nothing any more until a person did something about it. */
  stop(slug: string, why: Exclude<StoppedFor, 'pause'>, failure: CloudFailure): void;
  /** It takes something again. */
  resume(slug: string): void;
}
