import { join } from 'node:path';
import { LedgerIndex } from './ledger-index';
import {
  type LedgerEntry,
  listRunIds,
  readRunRecord,
  runFolderAt,
  type RunRecord,
} from './run-files';

/** More than record at once: a sweep asks for the segments of one workspace after the other. */
const KEPT_LEDGERS = 16;

/** What the runs on disk know, for whoever finds their files without having seen them made. */
export class LedgerReader {
  readonly #recorderDir: string;
  /** By file, the one that was asked last behind. */
  readonly #ledgers = new Map<string, LedgerIndex>();

  constructor(recorderDir: string) {
    this.#recorderDir = recorderDir;
  }

  /**
   * Exact facts of a segment, or null when its run left none.
   * @throws Node's errors when it cannot be read now: nobody is to take that for an answer
   */
  segment(workspace: string, runId: string, sequence: number): Promise<LedgerEntry | null> {
    const { ledgerFile } = runFolderAt(join(this.#recorderDir, workspace), runId);
    const ledger = this.#ledgers.get(ledgerFile) ?? new LedgerIndex(ledgerFile);
    this.#ledgers.delete(ledgerFile);
    this.#ledgers.set(ledgerFile, ledger);
    const [oldest] = this.#ledgers.keys();
    if (this.#ledgers.size > KEPT_LEDGERS && oldest !== undefined) this.#ledgers.delete(oldest);
    return ledger.find(sequence);
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
