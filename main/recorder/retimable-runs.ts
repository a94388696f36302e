import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunAnchor } from './run-anchor';
import {
  appendToLedger,
  type LedgerEntry,
  listRunIds,
  readLedger,
  readRunRecord,
  runFolderAt,
} from './run-files';

interface RunKey {
  readonly workspace: string;
  readonly runId: string;
}

/** The runs on disk, for whoever corrects their times once the clock is set. */
export class RetimableRuns {
  readonly #recorderDir: string;

  constructor(recorderDir: string) {
    this.#recorderDir = recorderDir;
  }

  async list(): Promise<RunKey[]> {
    const runs: RunKey[] = [];
    for (const workspace of await readdir(this.#recorderDir).catch(() => [])) {
      for (const runId of await listRunIds(join(this.#recorderDir, workspace))) {
        runs.push({ workspace, runId });
      }
    }
    return runs;
  }

  async read(
    key: RunKey,
  ): Promise<
    | (RunKey & { device: string; bootId: string | null; anchor: RunAnchor | null; ended: boolean })
    | null
  > {
    const record = await readRunRecord(this.#folder(key));
    if (record === null) return null;
    return {
      workspace: key.workspace,
      runId: key.runId,
      device: record.device.name,
      bootId: record.bootId ?? record.process?.bootId ?? null,
      anchor: record.anchor,
      ended: record.ended !== null,
    };
  }

  async ledger(key: RunKey): Promise<Map<number, LedgerEntry>> {
    return readLedger(this.#folder(key));
  }

  /** Durable when it resolves. */
  async remember(key: RunKey, entry: LedgerEntry): Promise<void> {
    await appendToLedger(this.#folder(key), entry);
  }

  #folder({ workspace, runId }: RunKey): ReturnType<typeof runFolderAt> {
    return runFolderAt(join(this.#recorderDir, workspace), runId);
  }
}
