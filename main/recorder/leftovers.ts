import { readdir } from 'node:fs/promises';
import { findProcess, isAlive } from '../process/identity';
import { terminate } from '../process/terminate';
import type { CaptureTools } from './capture-run';
import { LogTail } from './log-tail';
import { bufferFileName } from './capture-command';
import { parseInputFacts } from './capture-log';
import {
  listRunIds,
  readRunRecord,
  runFolderAt,
  type RunRecord,
  writeRunRecord,
} from './run-files';
import { SegmentPromoter } from './segment-promoter';
import { makeWorkspace, workspaceAt } from './workspace';

/**
 * Ends and promotes the runs that were left behind, by an earlier console or by a full disk: never two
 * captures of one device, and no closed segment stays in a buffer.
 * @param isRunning runs that are somebody's business already
 * @returns how many runs could not be finished and wait for the next time
 */
export async function finishLeftovers(
  tools: CaptureTools,
  isRunning: (runId: string) => boolean,
): Promise<number> {
  let waiting = 0;
  for (const name of await readdir(tools.recorderDir).catch(() => [])) {
    const workspace = workspaceAt(tools.recorderDir, name);
    for (const runId of await listRunIds(workspace.path)) {
      const folder = runFolderAt(workspace.path, runId);
      const record = await readRunRecord(folder);
      if (record === null || record.ended !== null || isRunning(runId)) continue;
      try {
        await finishRun(tools, record);
      } catch (error) {
        waiting += 1;
        // Left as it is for the next start; what is in the buffer stays there.
        tools.logger.error(
          'run.finish_failed',
          'A run of an earlier console could not be finished.',
          {
            device: record.device.name,
            run: runId,
            error,
          },
        );
      }
    }
  }
  return waiting;
}

async function finishRun(tools: CaptureTools, record: RunRecord): Promise<void> {
  const workspace = workspaceAt(tools.recorderDir, record.config.workspace);
  const folder = runFolderAt(workspace.path, record.runId);
  await makeWorkspace(workspace);
  // A console that died between starting a capture and writing down its number left a plan without one.
  const process =
    record.process ?? (await findProcess(bufferFileName(record.runId, 0).slice(0, 9)));
  const survived = process !== null && (await isAlive(process));
  if (process !== null && (await terminate(process, tools.clock)) === 'nothing') {
    throw new Error(`process ${String(process.pid)} cannot be ended; its files are left to it`);
  }
  const log = new LogTail(folder.logFile);
  await log.read();
  const startWallMs = parseInputFacts(log.text)?.startWallMs ?? null;
  const anchor = record.anchor ?? {
    wallMs: startWallMs ?? record.startedWallMs,
    monotonicMs: record.startedMonotonicMs,
    source: startWallMs === null ? ('process_start' as const) : ('input' as const),
    synced: tools.clockSynced(),
  };
  const promoter = new SegmentPromoter({
    ...tools,
    config: record.config,
    runId: record.runId,
    folder,
    workspace,
    anchor: () => anchor,
  });
  await promoter.resume();
  await promoter.finish();
  await writeRunRecord(folder, {
    ...record,
    anchor,
    ended: {
      wallMs: tools.clock.wallMs(),
      why: survived ? 'ended by the next console' : 'found dead by the next console',
    },
  });
  tools.logger.warn('run.finished', 'A run that an earlier console left behind was finished.', {
    device: record.device.name,
    run: record.runId,
    survived,
    segments: promoter.counts.promoted,
  });
}
