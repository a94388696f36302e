import { appendFile, mkdir, open, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../files/durable';
import type { ProcessIdentity } from '../process/identity';
import type { CaptureConfig } from './capture-config';

/** When a run's first frame was captured, on both clocks. */
export interface RunAnchor {
  /** UTC milliseconds, fractional. */
  readonly wallMs: number;
  /** CLOCK_MONOTONIC, milliseconds. */
  readonly monotonicMs: number;
  /** `input`: stamped by the sound input itself; `process_start`: the input has no clock of its own. */
  readonly source: 'input' | 'process_start';
  /** Was the system clock synchronised? null: the system does not tell. */
  readonly synced: boolean | null;
}

/** What must be known of a run to adopt, end or salvage it after the console has died. */
export interface RunRecord {
  readonly version: 1;
  readonly runId: string;
  /** Enough of the device to make its row again from the files alone. */
  readonly device: {
    readonly name: string;
    readonly displayName: string;
    readonly simulated: boolean;
  };
  readonly config: CaptureConfig;
  readonly configHash: string;
  /** null between planning the run and the process being there. */
  readonly process: ProcessIdentity | null;
  readonly startedWallMs: number;
  readonly startedMonotonicMs: number;
  readonly anchor: RunAnchor | null;
  readonly ended: { readonly wallMs: number; readonly why: string } | null;
}

/** A promoted segment as its run remembers it: exact times for whoever finds the file without the event. */
export interface LedgerEntry {
  readonly sequence: number;
  readonly fileName: string;
  readonly firstFrame: number;
  readonly frames: number;
  readonly sampleRateHz: number;
  readonly startWallMs: number;
  readonly clockSynced: boolean | null;
}

/** The files of one run, `<workspace>/runs/<run>/`. */
export interface RunFolder {
  readonly path: string;
  readonly recordFile: string;
  readonly logFile: string;
  readonly progressFile: string;
  readonly rawList: string;
  readonly processedList: string;
  readonly ledgerFile: string;
}

export function runFolderAt(workspaceDir: string, runId: string): RunFolder {
  const path = join(workspaceDir, 'runs', runId);
  return {
    path,
    recordFile: join(path, 'run.json'),
    logFile: join(path, 'ffmpeg.log'),
    progressFile: join(path, 'progress'),
    rawList: join(path, 'raw.csv'),
    processedList: join(path, 'processed.csv'),
    ledgerFile: join(path, 'segments.ndjson'),
  };
}

export async function writeRunRecord(folder: RunFolder, record: RunRecord): Promise<void> {
  await mkdir(folder.path, { recursive: true });
  await writeFileDurably(folder.recordFile, `${JSON.stringify(record, null, 2)}\n`);
}

/** The record of a run, or null when there is none or it cannot be understood. */
export async function readRunRecord(folder: RunFolder): Promise<RunRecord | null> {
  try {
    const parsed = JSON.parse(await readFile(folder.recordFile, 'utf8')) as Partial<RunRecord>;
    return parsed.version === 1 && parsed.config !== undefined ? (parsed as RunRecord) : null;
  } catch {
    return null;
  }
}

export async function listRunIds(workspaceDir: string): Promise<string[]> {
  try {
    return await readdir(join(workspaceDir, 'runs'));
  } catch {
    return [];
  }
}

/** Durable before it returns: the entry must outlive the rename that follows it. */
export async function appendToLedger(folder: RunFolder, entry: LedgerEntry): Promise<void> {
  const handle = await open(folder.ledgerFile, 'a');
  try {
    // Begins on a line of its own even when a full disk cut the one before short.
    await appendFile(handle, `\n${JSON.stringify(entry)}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Entries by sequence; of several with one sequence the last counts. Half-written lines are passed over. */
export async function readLedger(folder: RunFolder): Promise<Map<number, LedgerEntry>> {
  const entries = new Map<number, LedgerEntry>();
  let text: string;
  try {
    text = await readFile(folder.ledgerFile, 'utf8');
  } catch {
    return entries;
  }
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const entry = JSON.parse(line) as LedgerEntry;
      entries.set(entry.sequence, entry);
    } catch {
      // The power went while this line was written; its segment is still in the buffer.
    }
  }
  return entries;
}
