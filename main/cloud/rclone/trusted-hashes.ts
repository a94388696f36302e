/** What may be compared with ours, the cheap ones first. */
const COMPARABLE = ['md5', 'sha1', 'sha256', 'quickxor'] as const;
/** A folder is read to make them: one is enough. */
const ONE: ReadonlySet<string> = new Set(['md5']);
const NONE: ReadonlySet<string> = new Set();

/**
 * Which hashes a remote makes of what it has. Nextcloud keeps the one that was sent along and says it again, whatever
 * arrived: that proves nothing.
 * @param section as rclone is told of it
 */
export function trustedHashes(section: Readonly<Record<string, string>>): ReadonlySet<string> {
  if (section['type'] === 'webdav' && section['vendor'] === 'nextcloud') return NONE;
  if (section['type'] === 'local' || section['type'] === 'sftp') return ONE;
  return new Set(COMPARABLE);
}
