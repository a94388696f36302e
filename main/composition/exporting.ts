import { Exporter } from '../exporting/exporter';
import { Records } from '../exporting/records';
import { FlacEncoder } from '../wav/flac-encoder';
import type { Base } from './base';
import type { Recordings } from './recordings';

/** Copying recordings to where people want them. */
export function composeExporting(base: Base, { repository }: Recordings): Exporter {
  const { foundation, connection, log, settings, dataDisk } = base;
  const { options, clock, folder } = foundation;
  return new Exporter({
    clock,
    logger: log.logger('exporter'),
    records: new Records(connection),
    flac: new FlacEncoder(),
    ids: (selection) => repository.ids(selection),
    byIds: (ids) => repository.byIds(ids),
    dataRoot: folder.root,
    diskIsThere: () => dataDisk.isThere().catch(() => false),
    station: () => {
      const { station_name: name, latitude, longitude } = settings.get().system;
      const position = latitude === null || longitude === null ? null : { latitude, longitude };
      return { name, position };
    },
    dataDiskLimitPercent: () => settings.get().processor.janitor_threshold_emergency,
    software: `Silvasonic Station Console ${options.version}`,
  });
}
