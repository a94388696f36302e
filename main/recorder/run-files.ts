import { appendFile, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { orNothing } from '../files/absent';
import { writeFileDurably } from '../files/durable';
import { makeFoldersBelow } from '../files/folders-below';
import { parseRunRecord, type RunReading, type RunRecord } from './run-record';
import type { RunTimingState } from './run-timing';

export type { RunRecord };

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
  const workspace = dirname(dirname(folder.path));
  await makeFoldersBelow(dirname(workspace), folder.path);
  await writeFileDurably(folder.recordFile, `${JSON.stringify(record, null, 2)}\n`);
}

/** @throws Node's errors when it is there and cannot be read now: that says nothing about what it holds */
export async function readRun(folder: RunFolder): Promise<RunReading> {
  return parseRunRecord(await orNothing(readFile(folder.recordFile, 'utf8')));
}

/**
 * The record of a run, or null when there is none or it cannot be understood.
 * @throws as `readRun`
 */
export async function readRunRecord(folder: RunFolder): Promise<RunRecord | null> {
  const reading = await readRun(folder);
  return reading.state === 'known' ? reading.record : null;
}

/** Writes down the end of a run; one that left nothing behind leaves no folder either. */
export async function closeRun(
  folder: RunFolder,
  leftSomething: boolean,
  record: RunRecord,
): Promise<void> {
  if (leftSomething) await writeRunRecord(folder, record);
  else await rm(folder.path, { recursive: true, force: true });
}

/** @throws Node's errors when they cannot be listed now */
export async function listRunIds(workspaceDir: string): Promise<string[]> {
  return (await orNothing(readdir(join(workspaceDir, 'runs')))) ?? [];
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

/** A thousand entries: hours of segments, and a millisecond's work. */
const LEDGER_END_BYTES = 256 * 1024;

/** Entries by sequence; of several with one sequence the last counts. Half-written lines are passed over. */
export function parseLedger(text: string): Map<number, LedgerEntry> {
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
