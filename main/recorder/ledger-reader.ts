import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { orNothing } from '../files/absent';
import {
  type LedgerEntry,
  listRunIds,
  readLedger,
  readRunRecord,
  runFolderAt,
  type RunRecord,
} from './run-files';

/** What the runs on disk know, for whoever finds their files without having seen them made. */
export class LedgerReader {
  readonly #recorderDir: string;
  /** The ledger read last: a sweep asks for the segments of one run one after the other. */
  #cached: { file: string; mtimeMs: number; entries: Map<number, LedgerEntry> } | null = null;

  constructor(recorderDir: string) {
    this.#recorderDir = recorderDir;
  }

  /**
   * Exact facts of a segment, or null when its run left none.
   * @throws Node's errors when it cannot be read now: nobody is to take that for an answer
   */
  async segment(workspace: string, runId: string, sequence: number): Promise<LedgerEntry | null> {
    const folder = runFolderAt(join(this.#recorderDir, workspace), runId);
    const mtimeMs = (await orNothing(stat(folder.ledgerFile)))?.mtimeMs ?? null;
    if (mtimeMs === null) return null;
    if (this.#cached?.file !== folder.ledgerFile || this.#cached.mtimeMs !== mtimeMs) {
      this.#cached = { file: folder.ledgerFile, mtimeMs, entries: await readLedger(folder) };
    }
    return this.#cached.entries.get(sequence) ?? null;
  }

  /** The newest run of a workspace that can be read: it names the device. */
  async newestRun(workspace: string): Promise<RunRecord | null> {
    const path = join(this.#recorderDir, workspace);
    let newest: RunRecord | null = null;
    for (const runId of await listRunIds(path)) {
      const record = await readRunRecord(runFolderAt(path, runId));
      if (record !== null && record.startedWallMs > (newest?.startedWallMs ?? -Infinity))
        newest = record;
    }
    return newest;
  }
}
