import { ImportJournal } from '../importing/import-journal';
import { ImportService } from '../importing/import-service';
import { ImportedRegistrar } from '../importing/imported-registrar';
import { KnownSounds } from '../importing/known-sounds';
import type { Base } from './base';
import type { Recording } from './recording';

/** What brings recordings from elsewhere. */
export function composeImporting(base: Base, { devices }: Recording): ImportService {
  const { foundation, connection, bus, log, settings, dataDisk } = base;
  const { options, clock, folder } = foundation;
  return new ImportService({
    clock,
    bus,
    logger: log.logger('importing'),
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
    deviceKind: (name) => devices.find(name)?.kind ?? null,
    diskProblem: () => (dataDisk.usable() ? null : dataDisk.state().detail),
    minFreeGb: () => settings.get().processor.min_free_gb,
  });
}
