import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../process/identity';
import { listRunIds, readRunRecord, runFolderAt, type RunRecord } from './run-files';
import { workspaceAt } from './workspace';

/** A capture that goes on without a console. */
export interface Survivor {
  readonly record: RunRecord;
  /** When its newest buffer file last grew, UTC milliseconds; null when there is none. */
  readonly lastAudioWallMs: number | null;
}

/** Captures that live although no console runs, by device. */
export async function findSurvivors(recorderDir: string): Promise<Map<string, Survivor>> {
  const survivors = new Map<string, Survivor>();
  for (const name of await readdir(recorderDir).catch(() => [])) {
    const workspace = workspaceAt(recorderDir, name);
    for (const runId of await listRunIds(workspace.path)) {
      const record = await readRunRecord(runFolderAt(workspace.path, runId));
      if (record === null || record.process === null || record.ended !== null) continue;
      if (!(await isAlive(record.process))) continue;
      const buffer = record.config.raw ? workspace.buffer.raw : workspace.buffer.processed;
      survivors.set(record.config.device, { record, lastAudioWallMs: await newestChange(buffer) });
    }
  }
  return survivors;
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
