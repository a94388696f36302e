import type { Analysis } from '../analysis/analysis';
import type { JanitorSource } from '../api/janitor-api';
import { forceCommits } from '../database/commit-log';
import { sidecarPath } from '../importing/imported-path';
import { BlindRemoval } from '../janitor/blind-removal';
import { DeletionHistory } from '../janitor/deletion-history';
import { DeletionJournal } from '../janitor/deletion-journal';
import { measureDisk } from '../janitor/disk-usage';
import { InterruptedDeletions } from '../janitor/interrupted-deletions';
import { Janitor } from '../janitor/janitor';
import { JanitorThread } from '../janitor/janitor-thread';
import { Removal } from '../janitor/removal';
import type { Service } from '../service';
import type { DatabaseUpkeep } from '../upkeep/database-upkeep';
import type { Base } from './base';
import type { Recording } from './recording';

/** What makes room. */
export interface Retention {
  readonly janitor: JanitorSource;
  /** In the order in which they start: before any audit, which would take what a crash cut off for lost. */
  readonly services: readonly Service[];
  /** Lets go of the database, whether the services were started or not. */
  close(): Promise<void>;
}

/** @param inUse a recording is sent just now, or read to be sent */
export function composeRetention(
  base: Base,
  { indexer }: Pick<Recording, 'indexer'>,
  analysis: Pick<Analysis, 'enabledWorkers'>,
  upkeep: Pick<DatabaseUpkeep, 'noteError' | 'deletionsHeld'>,
  inUse: (recordingId: number) => boolean,
): Retention {
  const { foundation, connection, bus, log, settings, alerts, dataDisk, clockWatch } = base;
  const { options, clock, folder } = foundation;
  const logger = log.logger('janitor');
  const held = (): string | null => {
    if (upkeep.deletionsHeld()) {
      return 'The database was restored, and no audit has passed since.';
    }
    const { state, detail } = dataDisk.state();
    return state === 'missing' || state === 'failed' || state === 'read_only' ? detail : null;
  };
  const deleting = {
    connection,
    clock,
    logger,
    dataRoot: folder.root,
    journal: new DeletionJournal(folder.deletionJournal),
    diskIsThere: () => dataDisk.isThere(),
    alone: (work: () => Promise<void>) => indexer.alone(work),
    forget: (paths: readonly string[]) => {
      indexer.forget(paths);
    },
    held,
  };
  const janitor = new Janitor({
    clock,
    bus,
    logger,
    alerts,
    thread: new JanitorThread(options.janitorWorkerUrl, connection.sqlite.name),
    removal: new Removal({
      ...deleting,
      inUse,
      forceCommits: () => forceCommits(connection.sqlite.name),
      companionsOf: (path) => (path.startsWith('imported/') ? [sidecarPath(path)] : []),
    }),
    interrupted: new InterruptedDeletions(deleting),
    blind: new BlindRemoval(deleting),
    history: new DeletionHistory(connection),
    settings: () => settings.get().processor,
    timezone: () => settings.get().system.timezone,
    workers: () => analysis.enabledWorkers(),
    held,
    clockTrusted: () => clockWatch.trusted(),
    measure: () => (options.measureDisk ?? measureDisk)(folder.root),
    onDatabaseTrouble: (error) => {
      upkeep.noteError(error);
    },
  });
  return { janitor, services: [janitor], close: () => janitor.stop() };
}
