import { sidecarPath } from '../importing/imported-path';
import { SourceNames } from '../importing/source-names';
import { BinKeeper } from '../recordings/bin-keeper';
import { RecordingEditor } from '../recordings/editor';
import { RecordingPurge } from '../recordings/purge';
import { ReadThread } from '../recordings/read-thread';
import { RecordingsRepository } from '../recordings/repository';
import type { DatabaseUpkeep } from '../upkeep/database-upkeep';
import type { Base } from './base';
import type { Recording } from './recording';

/** Finding recordings, and what people decide about them. */
export interface Recordings {
  readonly repository: RecordingsRepository;
  readonly editor: RecordingEditor;
  readonly purge: RecordingPurge;
  readonly binKeeper: BinKeeper;
  /** Lets go of the database; nobody is answered any more. */
  close(): Promise<void>;
}

export function composeRecordings(
  base: Base,
  { indexer }: Pick<Recording, 'indexer'>,
  upkeep: Pick<DatabaseUpkeep, 'noteError' | 'emptyLog' | 'purges' | 'deletionsHeld'>,
): Recordings {
  const { foundation, connection, bus, log, settings, dataDisk, clockWatch } = base;
  const { options, clock, folder } = foundation;
  const databaseLog = log.logger('database');
  const thread = new ReadThread(options.readWorkerUrl, connection.sqlite.name, {
    onError: (error) => {
      upkeep.noteError(error);
    },
    onSlow: ({ sql, durationMs, plan, times }) => {
      const told = { sql, durationMs: Math.round(durationMs), plan, times };
      databaseLog.warn(
        'database.slow_statement',
        'A search took long; only who asked waited.',
        told,
      );
    },
  });
  const repository = new RecordingsRepository({
    connection,
    dataRoot: folder.root,
    bus,
    thread,
    timezone: () => settings.get().system.timezone,
  });
  const editor = new RecordingEditor({
    connection,
    clock,
    bus,
    ids: (selection) => repository.ids(selection),
    get: (id) => repository.get(id),
  });
  const sourceNames = new SourceNames(connection);
  const purge = new RecordingPurge({
    connection,
    clock,
    bus,
    logger: log.logger('recordings'),
    dataRoot: folder.root,
    plan: (selection) => repository.purgePlan(selection),
    purgeable: (selection) => repository.purgeable(selection),
    exists: (id) => repository.get(id) !== null,
    diskIsThere: () => dataDisk.isThere(),
    exclusively: (work) => indexer.whileNotIndexing(work),
    companionsOf: (path) => (path.startsWith('imported/') ? [sidecarPath(path)] : []),
    forgetNames: (id) => {
      sourceNames.forget(id);
    },
    remember: (purges) => upkeep.purges.add(purges),
    emptyTraces: () => upkeep.emptyLog(),
  });
  const binKeeper = new BinKeeper({
    connection,
    clock,
    bus,
    logger: log.logger('recordings'),
    days: () => settings.get().library.bin_days,
    hold: () => {
      if (!clockWatch.trusted()) return 'It is not known whether the clock is right.';
      if (upkeep.deletionsHeld())
        return 'The database was restored, and no audit has passed since.';
      const { state, detail } = dataDisk.state();
      return state === 'missing' || state === 'failed' ? detail : null;
    },
    purge: (request, actor) => purge.purge(request, actor),
  });
  return { repository, editor, purge, binKeeper, close: () => thread.close() };
}
