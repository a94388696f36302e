import { asc, desc, eq, isNull } from 'drizzle-orm';
import type { Copy, Custody, CustodyState } from '@shared/model/custody';
import { toInstant } from '@shared/model/time';
import type { Connection } from '../../database/connection';
import { deletions, recordingRemotes, recordings, storageRemotes } from '../../database/schema';
import { NotFoundError } from '../../request-error';

/** Where a recording is, with what that rests on. @throws NotFoundError */
export function custodyOf({ db }: Connection, recordingId: number): Custody {
  const row = db.select().from(recordings).where(eq(recordings.id, recordingId)).get();
  if (row === undefined) throw new NotFoundError('recording', String(recordingId));
  const copies = db
    .select()
    .from(recordingRemotes)
    .where(eq(recordingRemotes.recordingId, recordingId))
    .orderBy(asc(recordingRemotes.queuedAtMs), asc(recordingRemotes.remoteSlug))
    .all();
  const remotes = db
    .select({ slug: storageRemotes.slug, active: storageRemotes.active })
    .from(storageRemotes)
    .where(isNull(storageRemotes.removedAtMs))
    .all();
  const deletion = db
    .select()
    .from(deletions)
    .where(eq(deletions.recordingId, recordingId))
    .orderBy(desc(deletions.id))
    .limit(1)
    .get();
  const { fetchedBackAtMs, fetchedFrom } = row;
  return {
    recordingId,
    state: custodyState(row, copies, remotes),
    copies: copies.map(toCopy),
    deleted: deletedAs(row, deletion),
    fetchedBack:
      fetchedBackAtMs === null || fetchedFrom === null
        ? null
        : {
            at: toInstant(fetchedBackAtMs),
            remote: fetchedFrom,
            sha256Matches: row.fetchedMatches === true,
          },
  };
}

type CopyRow = typeof recordingRemotes.$inferSelect;

/** What was deleted last: also of one that is here again. null: nothing ever was. */
function deletedAs(
  { localDeletedAtMs: atMs, localDeletedReason: reason }: typeof recordings.$inferSelect,
  last: typeof deletions.$inferSelect | undefined,
): Custody['deleted'] {
  // An audit that finds files gone deletes nothing, and there is no row of it.
  if (atMs !== null && last?.deletedAtMs !== atMs) {
    return { at: toInstant(atMs), mode: '', reason: reason ?? '' };
  }
  return last === undefined
    ? null
    : { at: toInstant(last.deletedAtMs), mode: last.mode, reason: last.reason };
}

/** As the janitor sees it: `verified` is what it may delete for being uploaded. A removed remote counts for nothing here. */
export function custodyState(
  row: Pick<typeof recordings.$inferSelect, 'localDeleted' | 'uploaded' | 'fetchedBackAtMs'>,
  copies: readonly Pick<CopyRow, 'remoteSlug' | 'state'>[],
  remotes: readonly { readonly slug: string; readonly active: boolean }[],
): CustodyState {
  const verified = copies.filter(({ state }) => state === 'verified');
  // Where it is, is still true of a remote that was removed: it can be added again.
  if (row.localDeleted) return verified.length > 0 ? 'local_deleted' : 'lost';
  if (row.fetchedBackAtMs !== null) return 'fetched_back';
  const present = new Map(remotes.map(({ slug, active }) => [slug, active]));
  const isReadBack = verified.some(({ remoteSlug }) => present.has(remoteSlug));
  const isOutstanding = copies.some(
    ({ remoteSlug, state }) => present.get(remoteSlug) === true && state !== 'verified',
  );
  if (row.uploaded && isReadBack && !isOutstanding) return 'verified';
  const isSent = copies.some(({ state }) => state === 'verified' || state === 'uploaded');
  return isSent ? 'uploaded' : 'local_only';
}

function toCopy(row: CopyRow): Copy {
  const isWaiting = row.state === 'queued' || row.state === 'failed' || row.state === 'uploaded';
  return {
    remote: row.remoteSlug,
    path: row.path,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: isWaiting && row.nextAttemptAtMs > 0 ? toInstant(row.nextAttemptAtMs) : null,
    code: row.errorCode,
    sizeBytes: row.sizeBytes,
    sha256: row.sha256,
    remoteId: row.remoteId,
    uploadedAt: row.uploadedAtMs === null ? null : toInstant(row.uploadedAtMs),
    verifiedAt: row.verifiedAtMs === null ? null : toInstant(row.verifiedAtMs),
    verifiedBy: row.verifiedBy,
  };
}
