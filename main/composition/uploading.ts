import { LossWatch } from '../analysis/loss-watch';
import { permissionOf } from '../analysis/permission';
import type { RemoteSource } from '../cloud/uploading/remote-source';
import { Uploader } from '../cloud/uploading/uploader';
import { Sha256 } from '../indexer/sha256';
import { FlacEncoder } from '../wav/flac-encoder';
import type { Base } from './base';
import type { Recording } from './recording';

/** What brings recordings to the remotes. */
export function composeUploading(
  base: Base,
  recording: Pick<Recording, 'recorders'>,
  remotes: RemoteSource,
): Uploader {
  const { foundation, connection, bus, log, settings, alerts, dataDisk } = base;
  const { options, clock, folder } = foundation;
  // A thread of its own: what is recorded is hashed first.
  const sha256 = new Sha256(options.sha256WorkerUrl);
  const losses = new LossWatch(() => recording.recorders.statuses());
  return new Uploader({
    connection,
    clock,
    bus,
    logger: log.logger('cloud_sync'),
    remotes,
    settings: () => settings.get(),
    flac: new FlacEncoder(),
    digest: async (path, kinds) => {
      const others = kinds.filter((kind) => kind !== 'sha256');
      const digest = await sha256.digest(path, null, others);
      return { ...digest.others, sha256: digest.sha256 };
    },
    closeDigest: () => sha256.close(),
    dataRoot: folder.root,
    encodingFolder: folder.encodingDir,
    standsBack: () => {
      const { may, why } = permissionOf({
        diskUsable: dataDisk.usable(),
        lossAgoMs: losses.lossAgoMs(clock.monotonicMs()),
        loadPerCore: base.loadPerCore(),
      });
      return may === 'everything' ? '' : why;
    },
    alerts,
  });
}
