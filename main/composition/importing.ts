import { ImportJournal } from '../importing/import-journal';
import { ImportService } from '../importing/import-service';
import { ImportedRegistrar } from '../importing/imported-registrar';
import { KnownSounds } from '../importing/known-sounds';
import type { DatabaseUpkeep } from '../upkeep/database-upkeep';
import type { Base } from './base';
import type { Recording } from './recording';

/** What brings recordings from elsewhere. */
export function composeImporting(
  base: Base,
  { devices, indexer }: Pick<Recording, 'devices' | 'indexer'>,
  upkeep: Pick<DatabaseUpkeep, 'emptyLog'>,
): ImportService {
  const { foundation, connection, bus, log, settings, alerts, dataDisk, clockWatch } = base;
  const { options, clock, folder } = foundation;
  return new ImportService({
    clock,
    bus,
    logger: log.logger('importing'),
    alerts,
    journal: new ImportJournal(connection),
    registrar: new ImportedRegistrar({
      connection,
      ensureDevice: (device) => devices.ensureImported(device),
    }),
    known: new KnownSounds(connection),
    dataRoot: folder.root,
    workerUrl: options.importWorkerUrl,
    ffmpeg: options.ffmpeg ?? process.env['SILVASONIC_FFMPEG'] ?? 'ffmpeg',
    timezone: () => settings.get().system.timezone,
    clockTrusted: () => clockWatch.trusted(),
    deviceKind: (name) => devices.find(name)?.kind ?? null,
    diskProblem: () => (dataDisk.usable() ? null : dataDisk.state().detail),
    kept: () => {
      const { min_free_gb: minFreeGb, janitor_threshold_critical: limitPercent } =
        settings.get().processor;
      return { minFreeGb, limitPercent };
    },
    alone: (work) => indexer.alone(work),
    foldLog: () => upkeep.emptyLog(),
  });
}
