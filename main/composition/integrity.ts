import { SourceNames } from '../importing/source-names';
import { Audit } from '../indexer/audit';
import { ImportedFiles, type RestoredFiles } from '../indexer/imported-files';
import { Findings } from '../integrity/findings';
import { IntegrityJob } from '../integrity/integrity-job';
import type { IntegritySource } from '../api/integrity-api';
import { PurgeReplay } from '../recordings/replay-purges';
import type { Service } from '../service';
import type { DatabaseUpkeep } from '../upkeep/database-upkeep';
import type { Base } from './base';
import type { Recording } from './recording';
import { restoreImported } from './restore-imported';

/** What makes sure that rows and files agree, and that files are still what was recorded. */
export interface Integrity {
  readonly source: IntegritySource;
  /** In the order in which they start. */
  readonly services: readonly Service[];
}

export function composeIntegrity(
  base: Base,
  { devices, indexer, retimer }: Pick<Recording, 'devices' | 'indexer' | 'retimer'>,
  upkeep: Pick<DatabaseUpkeep, 'purges'>,
): Integrity {
  const { foundation, connection, bus, log, settings, alerts, dataDisk } = base;
  const { options, clock, folder } = foundation;
  const dataRoot = folder.root;
  const logger = log.logger('indexer');
  const mistrust = async (): Promise<string | null> => {
    await dataDisk.look();
    const { state, detail } = dataDisk.state();
    return state === 'missing' || state === 'failed' ? detail : null;
  };
  const restore = restoreImported({
    connection,
    clock,
    dataRoot,
    ensureDevice: (device) => devices.ensureImported(device),
  });
  const imported = new ImportedFiles({
    connection,
    dataRoot,
    logger,
    restore: async (paths) => {
      let restored: RestoredFiles = { registered: 0, healed: 0, refused: [] };
      // What a purge is just removing must not get a row again.
      await indexer.alone(async () => {
        restored = await restore(paths);
      });
      return restored;
    },
  });
  const sourceNames = new SourceNames(connection);
  const replay = new PurgeReplay({
    connection,
    clock,
    list: upkeep.purges,
    forgetNames: (id) => {
      sourceNames.forget(id);
    },
    alone: (work) => indexer.alone(work),
  });
  const audit = new Audit({
    connection,
    clock,
    bus,
    logger,
    dataRoot,
    workerUrl: options.auditWorkerUrl,
    indexer,
    replayPurges: (signal) => replay.run(signal),
    registerImported: (signal) => imported.registerAll(signal),
    mistrust,
    alerts,
  });
  const job = new IntegrityJob({
    connection,
    clock,
    bus,
    logger,
    dataRoot,
    settings: () => settings.get().library,
    alerts,
    hold: () => {
      const { state, detail } = dataDisk.state();
      return state === 'ok' ? null : detail;
    },
    mistrust,
    rewriting: () => retimer.status().counters['runs_pending'] !== 0,
    alone: (work) => indexer.alone(work),
    onMissing: () => {
      void audit.now().catch(() => undefined); // it has said so itself
    },
  });
  const findings = new Findings(connection);
  return {
    source: {
      progress: () => job.progress(),
      pause: (actor) => job.pause(actor),
      resume: (actor) => job.resume(actor),
      findings: () => findings.list(),
      verify: (recordingId) => job.verify(recordingId),
      auditStatus: () => audit.progress(),
      audit: (acceptLoss) => audit.now(acceptLoss),
    },
    services: [audit, job],
  };
}
