import type { RemoteObject } from '../provider';
import type { KnownCopy } from './copy-rows';

/** What an object is to the copy that the database knows at its place. */
export type CopyVerdict =
  | 'agreed'
  | 'different' // it is not what was sent
  | 'regained' // it was believed lost, and may be what was sent: to be proved
  | 'pending'; // the database does not say that it is there: whoever uploads looks at it

/** What was sent once and is not believed to be there. */
const BELIEVED_LOST = new Set<KnownCopy['state']>([
  'remote_deleted',
  'given_up',
  'uploaded',
  'failed',
]);

/** Pure: by what the remote tells of an object, without reading it. */
export function compareCopy(copy: KnownCopy, object: RemoteObject): CopyVerdict {
  const isSame = copy.sizeBytes === object.sizeBytes && !hasOtherHash(copy, object);
  if (copy.state === 'verified') return isSame ? 'agreed' : 'different';
  // What is here is sent by whoever uploads; that one looks at what is there, too.
  const isOnlyThere = copy.localDeleted || copy.state === 'remote_deleted';
  if (isSame && isOnlyThere && copy.sha256 !== null && BELIEVED_LOST.has(copy.state)) {
    return 'regained';
  }
  if (copy.state === 'uploaded') return isSame ? 'agreed' : 'different';
  return 'pending';
}

/** Does the hash that the remote tells prove that it is what was sent? */
export function isProvedByHash({ hashKind, hash }: KnownCopy, object: RemoteObject): boolean {
  const told = hashKind === null ? '' : (object.hashes[hashKind] ?? '');
  return hash !== null && told !== '' && told.toLowerCase() === hash.toLowerCase();
}

/** Says the remote that it is something else? One that says nothing does not. */
function hasOtherHash({ hashKind, hash, sha256 }: KnownCopy, { hashes }: RemoteObject): boolean {
  const isOther = (kind: string | null, expected: string | null): boolean => {
    const told = kind === null ? '' : (hashes[kind] ?? '');
    return expected !== null && told !== '' && told.toLowerCase() !== expected.toLowerCase();
  };
  return isOther(hashKind, hash) || isOther('sha256', sha256);
}
