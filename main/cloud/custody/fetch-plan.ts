import type { Stream } from '@shared/model/recording';
import type { KnownCopy } from './copy-rows';

/** A recording whose file is not here, as its row tells. */
export interface AbsentRecording {
  readonly id: number;
  /** The one that was sent: the raw one, or where none was kept the processed one. */
  readonly stream: Stream;
  /** Relative to the data folder, `/`-separated. */
  readonly path: string;
  /** The other one of the pair; null: there was none, or it is here. */
  readonly otherPath: string | null;
  readonly sizeBytes: number;
  /** As recorded; null: not known. */
  readonly sha256: string | null;
  /** When its time was corrected, UTC milliseconds; null: it was not. */
  readonly retimedAtMs: number | null;
}

/** What a file that came back is. */
export type FileVerdict =
  | 'as_recorded'
  | 'as_sent' // and what was sent was not what was recorded: it was damaged before
  | 'something_else';

/**
 * From which copies it is tried, the best first: those that were read back, then those that were only sent.
 * @param present slugs of the remotes that can be asked, in the order in which they are served
 */
export function copiesToTry(
  copies: readonly KnownCopy[],
  present: readonly string[],
): readonly KnownCopy[] {
  const rank = ({ state, remote }: KnownCopy): number =>
    (state === 'verified' ? 0 : present.length) + present.indexOf(remote);
  return copies
    .filter(({ state, remote, sha256 }) => {
      const isThere = state === 'verified' || (state === 'uploaded' && sha256 !== null);
      return isThere && present.includes(remote);
    })
    .sort((a, b) => rank(a) - rank(b));
}

/** By the hash of the decoded file. A file whose time was corrected after it was sent bears another one now. */
export function judgeFile(
  recording: Pick<AbsentRecording, 'sha256' | 'retimedAtMs'>,
  copy: Pick<KnownCopy, 'sourceSha256' | 'sinceMs'>,
  found: string,
): FileVerdict {
  const { sha256, retimedAtMs } = recording;
  if (found === sha256) return 'as_recorded';
  if (found !== copy.sourceSha256) return 'something_else';
  const isRetimedSince = retimedAtMs !== null && retimedAtMs >= copy.sinceMs;
  return sha256 === null || isRetimedSince ? 'as_recorded' : 'as_sent';
}
