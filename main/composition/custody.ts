import type { Uploader } from '../cloud/uploading/uploader';
import { Custody } from '../cloud/custody/custody';
import type { CustodyRemotes } from '../cloud/custody/custody-remotes';
import { Fetcher } from '../cloud/custody/fetcher';
import { Reconciler } from '../cloud/custody/reconciler';
import { Sha256 } from '../indexer/sha256';
import { FlacDecoder } from '../wav/flac-decoder';
import type { Base } from './base';
import type { Recording } from './recording';

/** What knows where recordings are, and brings them back. */
export function composeCustody(
  base: Base,
  { indexer }: Pick<Recording, 'indexer'>,
  remotes: CustodyRemotes,
  uploader: Pick<Uploader, 'beginFetch'>,
): Custody {
  const { foundation, connection, bus, log, alerts, dataDisk } = base;
  const { options, clock, folder } = foundation;
  const logger = log.logger('custody');
  // A thread of its own: what is recorded is hashed first.
  const digest = new Sha256(options.sha256WorkerUrl);
  const sha256 = async (path: string): Promise<string> => (await digest.digest(path, null)).sha256;
  const shared = { connection, clock, bus, logger, remotes, sha256, folder: folder.fetchingDir };
  return new Custody({
    connection,
    logger,
    fetcher: new Fetcher({
      ...shared,
      flac: new FlacDecoder(),
      dataRoot: folder.root,
      diskIsThere: () => dataDisk.isThere().catch(() => false),
      alone: (work) => indexer.alone(work),
      begin: (remote, recordingId, bytes) => uploader.beginFetch(remote, recordingId, bytes),
    }),
    reconciler: new Reconciler({ ...shared, alerts }),
    closeDigest: () => digest.close(),
  });
}
