import { Audit } from '../indexer/audit';
import { ImportedFiles } from '../indexer/imported-files';
import { IntegrityJob } from '../integrity/integrity-job';
import type { IntegritySource } from '../api/integrity-api';
import type { Service } from '../service';
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
  const imported = new ImportedFiles({
    connection,
    dataRoot,
    logger,
    restore: restoreImported({
      connection,
      clock,
      dataRoot,
      ensureDevice: (device) => devices.ensureImported(device),
    }),
  });
  const audit = new Audit({
    connection,
    clock,
    bus,
    logger,
    dataRoot,
    workerUrl: options.auditWorkerUrl,
    indexer,
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
  return {
    source: {
      progress: () => job.progress(),
      pause: () => job.pause(),
      resume: () => job.resume(),
      verify: (recordingId) => job.verify(recordingId),
      audit: (acceptLoss) => audit.now(acceptLoss),
    },
    services: [audit, job],
  };
}
