import { appendFile, mkdir, open, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orNothing } from '../files/absent';
import { writeFileDurably } from '../files/durable';
import type { ProcessIdentity } from '../process/identity';
import type { CaptureConfig } from './capture-config';
import type { RunAnchor } from './run-anchor';
import type { RunTimingState } from './run-timing';

/** What must be known of a run to adopt, end or salvage it after the console has died. */
export interface RunRecord {
  readonly version: 1;
  readonly runId: string;
  /** Enough of the device to make its row again from the files alone. */
  readonly device: {
    readonly name: string;
    readonly displayName: string;
    readonly simulated: boolean;
    /** What the hardware calls itself; absent in records of older consoles. */
    readonly make?: string | null;
    readonly model?: string | null;
    readonly serial?: string | null;
  };
  readonly config: CaptureConfig;
  readonly configHash: string;
  /** null between planning the run and the process being there. */
  readonly process: ProcessIdentity | null;
  readonly startedWallMs: number;
  readonly startedMonotonicMs: number;
  /** Monotonic times compare only within one boot. Absent in records of older consoles. */
  readonly bootId?: string;
  /** Loopback UDP port of the live stream; null or absent: there is none. */
  readonly livePort?: number | null;
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
  /** Its header had to be made again. */
  readonly recovered?: boolean;
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
  readonly timingFile: string;
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
    timingFile: join(path, 'timing.json'),
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

/**
 * Writes down what a run knows of its clock, for the console that adopts it. Not forced to the disk: after a
 * power cut there is no capture left to adopt.
 */
export async function writeTiming(folder: RunFolder, state: RunTimingState): Promise<void> {
  const temporary = `${folder.timingFile}.new`;
  await writeFile(temporary, JSON.stringify(state));
  await rename(temporary, folder.timingFile);
}

/** null when there is none or it cannot be understood. */
export async function readTiming(folder: RunFolder): Promise<RunTimingState | null> {
  try {
    const state = JSON.parse(await readFile(folder.timingFile, 'utf8')) as Partial<RunTimingState>;
    return typeof state.overruns === 'number' && state.loss !== undefined
      ? (state as RunTimingState)
      : null;
  } catch {
    return null;
  }
}

/** Entries by sequence; of several with one sequence the last counts. Half-written lines are passed over. */
export async function readLedger(folder: RunFolder): Promise<Map<number, LedgerEntry>> {
  return parseLedger((await orNothing(readFile(folder.ledgerFile, 'utf8'))) ?? '');
}

/**
 * The newest entries, in bounded time however long the run has gone on: what a console that takes it over
 * needs to know.
 */
export async function readLedgerEnd(folder: RunFolder): Promise<Map<number, LedgerEntry>> {
  const handle = await orNothing(open(folder.ledgerFile, 'r'));
  if (handle === null) return new Map();
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, LEDGER_END_BYTES));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length);
    // The first line may be cut; it does not parse then.
    return parseLedger(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Some thousand entries: hours of segments. */
const LEDGER_END_BYTES = 1024 * 1024;

function parseLedger(text: string): Map<number, LedgerEntry> {
  const entries = new Map<number, LedgerEntry>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const entry = JSON.parse(line) as LedgerEntry;
      if (typeof entry.sequence === 'number') entries.set(entry.sequence, entry);
    } catch {
      // The power went while this line was written; its segment is still in the buffer.
    }
  }
  return entries;
}
