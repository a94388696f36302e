import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ledgerParts } from './ledger-index';
import { LedgerReader } from './ledger-reader';
import { orNothing } from '../files/absent';
import type { RunAnchor } from './run-anchor';
import {
  appendToLedger,
  type LedgerEntry,
  listRunIds,
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
  readonly #ledgers: LedgerReader;

  constructor(recorderDir: string) {
    this.#recorderDir = recorderDir;
    this.#ledgers = new LedgerReader(recorderDir);
  }

  async list(): Promise<RunKey[]> {
    const runs: RunKey[] = [];
    for (const workspace of (await orNothing(readdir(this.#recorderDir))) ?? []) {
      // One that cannot be listed now holds up none of the others; the next look finds it.
      const runIds = await listRunIds(join(this.#recorderDir, workspace)).catch(() => []);
      runs.push(...runIds.map((runId) => ({ workspace, runId })));
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

  segment({ workspace, runId }: RunKey, sequence: number): Promise<LedgerEntry | null> {
    return this.#ledgers.segment(workspace, runId, sequence);
  }

  ledgerParts(key: RunKey): AsyncIterable<readonly LedgerEntry[]> {
    return ledgerParts(this.#folder(key).ledgerFile);
  }

  /** Durable when it resolves. */
  async remember(key: RunKey, entry: LedgerEntry): Promise<void> {
    await appendToLedger(this.#folder(key), entry);
  }

  #folder({ workspace, runId }: RunKey): ReturnType<typeof runFolderAt> {
    return runFolderAt(join(this.#recorderDir, workspace), runId);
  }
}
