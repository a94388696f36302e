import type { Analysis } from '../analysis/analysis';
import type { Exporter } from '../exporting/exporter';
import type { ImportService } from '../importing/import-service';
import type { Service } from '../service';
import type { DatabaseUpkeep } from '../upkeep/database-upkeep';
import { composeAnalysis } from './analysis';
import type { Base } from './base';
import { composeExporting } from './exporting';
import { composeImporting } from './importing';
import type { Recording } from './recording';
import { composeIntegrity, type Integrity } from './integrity';
import { composeRecordings, type Recordings } from './recordings';

/** What is made of the recordings once they are there. */
export interface Library {
  readonly recordings: Recordings;
  readonly analysis: Analysis;
  readonly integrity: Integrity;
  readonly exporter: Exporter;
  readonly imports: ImportService;
  /** In the order in which they start. */
  readonly services: readonly Service[];
  /** Lets go of the database, whether the services were started or not. */
  close(): Promise<void>;
}

export function composeLibrary(
  base: Base,
  recording: Recording,
  upkeep: Pick<DatabaseUpkeep, 'noteError' | 'emptyLog' | 'purges' | 'deletionsHeld'>,
): Library {
  const recordings = composeRecordings(base, recording, upkeep);
  const analysis = composeAnalysis(base, recording);
  const integrity = composeIntegrity(base, recording, upkeep);
  const exporter = composeExporting(base, recordings);
  const imports = composeImporting(base, recording, upkeep);
  return {
    recordings,
    analysis,
    integrity,
    exporter,
    imports,
    services: [analysis, ...integrity.services, recordings.binKeeper, exporter, imports],
    close: async () => {
      // A command line without a console imports without having started anything.
      await imports.stop();
      await recordings.close();
    },
  };
}
