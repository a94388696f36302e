import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findOpenRuns } from './open-runs';
import type { RunRecord } from './run-files';
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
  for (const { record, process } of await findOpenRuns(recorderDir)) {
    if (process === null || record === null) continue;
    const { buffer } = workspaceAt(recorderDir, record.config.workspace);
    const folder = record.config.raw ? buffer.raw : buffer.processed;
    survivors.set(record.config.device, { record, lastAudioWallMs: await newestChange(folder) });
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
