import type { Connection } from '../database/connection';
import { messageOf } from '../error-message';
import { errorCode } from '../files/error-code';
import { partsOfPath } from './file-place';
import type { FoundRecording } from './found-file';
import type { FileProblem } from './measure';
import type { RefusedFiles } from './refused-files';
import { type Registered, Registrar } from './registrar';
import { STREAMS } from './sweep';

/** A recording that has its row now. */
export interface Written {
  readonly found: FoundRecording;
  readonly row: Registered;
}

/** Writes the rows of many recordings at once; one that the database refuses does not take the others along. */
export class RowWriter {
  readonly #registrar: Registrar;
  readonly #refused: RefusedFiles;

  constructor(connection: Connection, refused: RefusedFiles) {
    this.#registrar = new Registrar(connection);
    this.#refused = refused;
  }

  /**
   * Those that were written; why another one was not is reported.
   * @throws better-sqlite3's SqliteError when it is no matter of single files
   */
  write(batch: readonly FoundRecording[], nowMs: number): Written[] {
    try {
      const rows = this.#registrar.register(batch, nowMs);
      return batch.flatMap((found, i) => {
        const row = rows[i];
        return row === undefined ? [] : [{ found, row }];
      });
    } catch (error) {
      if (!concernsOneFile(error)) throw error;
      const [first, ...others] = batch;
      // Nothing of the batch was registered: the others must not suffer from the one.
      if (others.length > 0) return batch.flatMap((found) => this.write([found], nowMs));
      if (first !== undefined) this.#reportUnregistered(first, error);
      return [];
    }
  }

  #reportUnregistered(found: FoundRecording, error: unknown): void {
    for (const stream of STREAMS) {
      const path = found.files[stream]?.path;
      if (path === undefined) continue;
      const { workspace, name } = partsOfPath(path);
      this.#refused.report(workspace, name, [problemOf(stream, error, true)]);
    }
  }
}

/** @param lasting it will not be otherwise next time */
export function problemOf(
  stream: FileProblem['stream'],
  error: unknown,
  lasting: boolean,
): FileProblem {
  return { stream, text: messageOf(error), lasting };
}

/** Or does it concern the database, and with it all of them? */
export function concernsOneFile(error: unknown): boolean {
  const code = errorCode(error);
  return !code.startsWith('SQLITE_') || code.startsWith('SQLITE_CONSTRAINT');
}
