import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock/clock';
import type { ProcessIdentity } from '../process/identity';
import { terminate } from '../process/terminate';
import { findOpenRuns } from './open-runs';
import {
  type LedgerEntry,
  readLedgerEnd,
  runFolderAt,
  type RunRecord,
  writeRunRecord,
} from './run-files';
import { workspaceAt } from './workspace';

/** A capture that goes on without a console. */
export interface Survivor {
  readonly record: RunRecord;
  readonly process: ProcessIdentity;
  /** When its newest buffer file last grew, UTC milliseconds; null when there is none. */
  readonly lastAudioWallMs: number | null;
  /** What was promoted of it last; null: nothing was, or it cannot be read now. */
  readonly newest: LedgerEntry | null;
}

/** Captures that live although no console runs, by device. */
export async function findSurvivors(recorderDir: string): Promise<Map<string, Survivor>> {
  const survivors = new Map<string, Survivor>();
  for (const { record, process } of await findOpenRuns(recorderDir)) {
    if (process === null || record === null) continue;
    const { buffer, path } = workspaceAt(recorderDir, record.config.workspace);
    const folder = record.config.raw ? buffer.raw : buffer.processed;
    survivors.set(record.config.device, {
      record,
      process,
      lastAudioWallMs: await newestChange(folder),
      newest: await newestEntry(path, record.runId),
    });
  }
  return survivors;
}

/**
 * Ends a capture that no console looks after; what it left is kept by the next one, which learns here that it was
 * asked to end.
 * @returns false: it goes on, for no signal ended it
 */
export async function endSurvivor(
  recorderDir: string,
  { record, process }: Survivor,
  asked: NonNullable<RunRecord['asked']>,
  clock: Clock,
): Promise<boolean> {
  const folder = runFolderAt(workspaceAt(recorderDir, record.config.workspace).path, record.runId);
  // A disk that takes nothing is no reason to go on recording.
  await writeRunRecord(folder, { ...record, process, asked }).catch(() => undefined);
  if ((await terminate(process, clock)) !== 'nothing') return true;
  await writeRunRecord(folder, { ...record, process }).catch(() => undefined);
  return false;
}

async function newestEntry(workspaceDir: string, runId: string): Promise<LedgerEntry | null> {
  const entries = await readLedgerEnd(runFolderAt(workspaceDir, runId)).catch(() => null);
  return [...(entries?.values() ?? [])].sort((a, b) => a.sequence - b.sequence).at(-1) ?? null;
}

async function newestChange(folder: string): Promise<number | null> {
  const names = await readdir(folder).catch(() => []);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.length === 0 ? null : Math.max(...times);
}
