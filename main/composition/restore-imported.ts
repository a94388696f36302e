import { join } from 'node:path';
import type { Connection } from '../database/connection';
import { messageOf } from '../error-message';
import { ImportedRegistrar } from '../importing/imported-registrar';
import { importedPath, sidecarPath } from '../importing/imported-path';
import { readSidecar, type Sidecar } from '../importing/sidecar';
import type { RestoredFiles } from '../indexer/imported-files';
import type { Clock } from '../clock/clock';

/**
 * Makes the rows of imported files by what lies beside them, as after a database was lost.
 * @returns a function that is given paths relative to the data folder; it throws better-sqlite3's SqliteError
 */
export function restoreImported(options: {
  connection: Connection;
  clock: Clock;
  dataRoot: string;
  ensureDevice: (device: Sidecar['device']) => void;
}): (paths: readonly string[]) => Promise<RestoredFiles> {
  const registrar = new ImportedRegistrar(options);
  return async (paths) => {
    const sidecars: Sidecar[] = [];
    const refused: { path: string; why: string }[] = [];
    for (const path of paths) {
      try {
        const sidecar = await readSidecar(join(options.dataRoot, sidecarPath(path)));
        if (importedPath(sidecar.id) === path) sidecars.push(sidecar);
        else refused.push({ path, why: `what lies beside it describes ${sidecar.id}` });
      } catch (error) {
        refused.push({ path, why: messageOf(error) });
      }
    }
    const rows = registrar.register(sidecars, options.clock.wallMs(), { outOfBin: false });
    const registered = rows.filter(({ isNew }) => isNew).length;
    return { registered, healed: rows.length - registered, refused };
  };
}
