import type { CustodySource } from '../api/custody-api';
import type { ReconciliationSource, RemotesSource } from '../api/remotes-api';
import type { UploadsSource } from '../api/uploads-api';
import { RcloneProvider } from '../cloud/rclone/rclone-provider';
import { readRcloneVersion } from '../cloud/rclone/version';
import { ensureDemoRemote } from '../cloud/remotes/demo-remote';
import { RemoteKeeper } from '../cloud/remotes/remote-keeper';
import { Remotes } from '../cloud/remotes/remotes';
import { environmentSeed } from '../cloud/seeding/environment-seed';
import type { Service } from '../service';
import type { Base } from './base';
import { composeCustody } from './custody';
import type { Recording } from './recording';
import { composeUploading } from './uploading';

/** What brings recordings to other places, and back. */
export interface Cloud {
  readonly remotes: RemotesSource;
  readonly reconciler: ReconciliationSource;
  readonly uploads: UploadsSource;
  readonly custody: CustodySource;
  /** Is a recording being read to be sent? Then its files must stay. */
  readonly isInUse: (recordingId: number) => boolean;
  /** Switches cloud sync on, into a folder beside the data folder. */
  readonly demonstrate: () => Promise<void>;
  /** In the order in which they start. */
  readonly services: readonly Service[];
  /** Ends what was started for a question, whether the services were started or not. */
  close(): Promise<void>;
}

export function composeCloud(
  base: Base,
  recording: Pick<Recording, 'recorders' | 'indexer'>,
): Cloud {
  const { foundation, connection, log, settings } = base;
  const { clock, folder, options } = foundation;
  const remotes: Remotes = composeRemotes(base, {
    activity: (slug) => uploader.activity(slug),
    retry: (slug) => uploader.retry(slug),
    nudge: () => {
      keeper.nudge();
    },
  });
  const keeper = new RemoteKeeper({
    connection,
    clock,
    logger: log.logger('remotes'),
    remotes,
    seed: () =>
      options.secretEnvironment === undefined
        ? { kind: 'none' }
        : environmentSeed(options.secretEnvironment),
  });
  const uploader = composeUploading(base, recording, remotes);
  const custody = composeCustody(base, recording, remotes, uploader);
  return {
    reconciler: custody,
    custody,
    remotes,
    uploads: uploader,
    demonstrate: async () => {
      try {
        await ensureDemoRemote(remotes, folder.root);
        settings.set('cloud_sync.enabled', true, 'station');
        settings.set('cloud_sync.poll_interval', 5, 'station');
      } catch (error) {
        log.logger('remotes').warn('remotes.no_demo', 'Nothing is sent in this demonstration.', {
          error,
        });
      }
    },
    isInUse: (recordingId) => uploader.isInUse(recordingId),
    // Stopped in reverse: nothing is sent any more when the remotes are closed.
    services: [keeper, uploader, custody],
    close: async () => {
      await custody.stop();
      await remotes.close();
    },
  };
}

function composeRemotes(
  { foundation, connection, bus, log, secrets, scrubber }: Base,
  calls: Pick<ConstructorParameters<typeof Remotes>[0], 'activity' | 'retry' | 'nudge'>,
): Remotes {
  const { clock, folder } = foundation;
  const scrub = (text: string): string => scrubber.scrub(text);
  return new Remotes({
    connection,
    clock,
    bus,
    logger: log.logger('remotes'),
    secrets,
    scrubber,
    makeProvider: (remote, onRefreshed) =>
      new RcloneProvider({ remote, clock, scrub, onRefreshed }),
    dataRoot: folder.root,
    rcloneProblem: async () => {
      const { state, detail } = await readRcloneVersion();
      return state === 'ok' ? null : detail;
    },
    ...calls,
  });
}
