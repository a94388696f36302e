import type { Connection } from '../../database/connection';
import type { CloudProvider } from '../provider';

/** Of the newest copies so many are looked for. */
const SAMPLES = 5;

/**
 * Does what a remote is known to have lie where `provider` looks? A copy that is believed to be somewhere and is not
 * would cost a recording.
 * @returns null: yes, or there is nothing yet; else what is wrong, in words
 * @throws CloudError, AbortError
 */
export async function whyNotSamePlace(
  { sqlite }: Connection,
  slug: string,
  provider: CloudProvider,
  signal: AbortSignal,
): Promise<string | null> {
  const copies = sqlite
    .prepare<[string, number], { path: string; size_bytes: number | null }>(
      `select c.path, c.size_bytes from uploads u indexed by ix_uploads_outcome
       join recording_remotes c on c.recording_id = u.recording_id and c.remote_slug = u.remote_slug
       where u.remote_slug = ? and u.success = 1 and c.state = 'verified'
       order by u.attempt_at_ms desc limit ?`,
    )
    .all(slug, SAMPLES);
  for (const { path, size_bytes: sizeBytes } of copies) {
    const found = await provider.stat(path, signal);
    if (found === null) return `"${path}", which the remote has, is not there`;
    if (sizeBytes !== null && found.sizeBytes !== sizeBytes) {
      return `"${path}" is there with ${String(found.sizeBytes)} instead of ${String(sizeBytes)} bytes`;
    }
  }
  return null;
}
