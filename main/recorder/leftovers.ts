import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { GapReason } from '@shared/model/coverage';
import { orNothing } from '../files/absent';
import { freeName } from '../files/free-name';
import { readBootId } from '../process/identity';
import { terminate } from '../process/terminate';
import { diagnose, parseInputFacts } from './capture-log';
import { gapReasonOf } from './capture-failure';
import type { CaptureTools } from './capture-run';
import { LogTail } from './log-tail';
import { lookAtRun, type OpenRun, surveyRuns } from './open-runs';
import { isMadeFromFiles, recordFromFiles } from './orphans';
import { anchorRun, type RunAnchor, syncedEarlier } from './run-anchor';
import { closeRun, type RunFolder, runFolderAt, type RunRecord, writeRunRecord } from './run-files';
import { quarantine } from './quarantine';
import { SegmentPromoter } from './segment-promoter';
import { makeWorkspace, type Workspace, workspaceAt } from './workspace';

/** Who looks after which runs. */
export interface RunOwners {
  /** Runs that are somebody's business already. */
  readonly isOurs: (runId: string) => boolean;
  /** Those that are being finished now: nobody is to take them over meanwhile. */
  readonly finishing: Set<string>;
  /** May this capture, which still goes on, be ended? Not one that could be taken over instead. */
  readonly mayEnd: (run: OpenRun) => boolean;
}

/**
 * Ends and promotes the runs that were left behind, by an earlier console or by a full disk: never two
 * captures of one device, and no segment stays in a buffer.
 * @returns how many runs could not be finished and wait for the next time
 * @throws Node's errors when not even the workspaces can be listed
 */
export async function finishLeftovers(tools: CaptureTools, owners: RunOwners): Promise<number> {
  const { logger } = tools;
  const { open, unseen } = await surveyRuns(tools.recorderDir);
  for (const [workspace, problem] of unseen) {
    logger.error('run.list_failed', 'Not all runs of a workspace could be seen.', {
      workspace,
      problem,
    });
  }
  let waiting = unseen.size;
  for (const { workspace, runId } of open) {
    if (owners.isOurs(runId)) continue;
    owners.finishing.add(runId);
    try {
      if (!(await finishAsItIsNow(tools, owners, workspace, runId))) waiting += 1;
    } catch (error) {
      waiting += 1;
      // Left as it is for the next time; what is in the buffer stays there.
      logger.error('run.finish_failed', 'A run of an earlier console could not be finished.', {
        workspace,
        run: runId,
        error,
      });
    } finally {
      owners.finishing.delete(runId);
    }
  }
  return waiting;
}

/**
 * The list is older than what was finished before: one of ours may have ended since, and told so itself.
 * @returns false: it waits for the next time
 */
async function finishAsItIsNow(
  tools: CaptureTools,
  owners: RunOwners,
  workspace: string,
  runId: string,
): Promise<boolean> {
  const run = await lookAtRun(tools.recorderDir, workspace, runId);
  if (run === null) return true;
  const { obstacle, process } = run;
  if (obstacle !== null) {
    tools.logger.error('run.left_alone', 'A run of an earlier console was left as it is.', {
      workspace,
      run: runId,
      why: obstacle.detail,
      pid: process?.pid ?? null,
    });
    return !obstacle.passing;
  }
  if (process !== null && !owners.mayEnd(run)) return false;
  await finishRun(tools, run);
  return true;
}

async function finishRun(tools: CaptureTools, run: OpenRun): Promise<void> {
  const { process } = run;
  const workspace = workspaceAt(tools.recorderDir, run.workspace);
  const folder = runFolderAt(workspace.path, run.runId);
  await makeWorkspace(workspace);
  if (process !== null && (await terminate(process, tools.clock)) === 'nothing') {
    throw new Error(`process ${String(process.pid)} cannot be ended; its files are left to it`);
  }
  const record = run.record ?? (await recordFromFiles(tools.recorderDir, run.workspace, run.runId));
  if (record === null) {
    await setAside(
      tools,
      workspace,
      run.runId,
      'its run is not known and its header cannot be read',
    );
    return;
  }
  // Before anything is moved: whoever finds the rest after another power cut gives it the same times, and whoever
  // finds what is promoted learns whose it is.
  if (run.record === null) {
    await setAsideRecord(folder);
    await writeRunRecord(folder, record);
  }
  const log = new LogTail(folder.logFile);
  while ((await log.read()) !== '');
  const anchor = record.anchor ?? (await lateAnchor(tools, record, log.head));
  const promoter = new SegmentPromoter({
    ...tools,
    config: record.config,
    runId: record.runId,
    device: record.device,
    folder,
    workspace,
    anchor: () => anchor,
    // Times and order of such a run are what could be found out.
    recovered: isMadeFromFiles(record),
    leftover: true,
  });
  await promoter.resume();
  await promoter.finish();
  if (isMadeFromFiles(record)) {
    await setAside(
      tools,
      workspace,
      run.runId,
      'the record of its run was lost and its header cannot be read',
    );
  }
  const { reason, detail } = await whyItEnded(record, log.text);
  await closeRun(folder, promoter.leftSomething, {
    ...record,
    anchor,
    ended: {
      wallMs: tools.clock.wallMs(),
      why:
        process === null
          ? `${record.asked === undefined ? 'found dead: ' : 'ended without a console: '}${detail}`
          : 'ended by the next console',
    },
  });
  const { device } = record.config;
  const { runId } = record;
  if (record.anchor === null) {
    tools.bus.emit('run.anchored', {
      device,
      runId,
      wallMs: anchor.wallMs,
      monotonicMs: anchor.monotonicMs,
      bootId: record.bootId ?? null,
      synced: anchor.synced,
    });
  }
  tools.bus.emit('run.ended', {
    device,
    runId,
    endWallMs: promoter.counts.lastEndWallMs,
    reason,
    detail,
  });
  tools.logger.warn('run.finished', 'A run that an earlier console left behind was finished.', {
    device,
    run: runId,
    survived: process !== null,
    segments: promoter.counts.promoted,
    reason,
  });
}

/** What still lies in the buffer of a run that is lost: files that themselves tell nothing either. */
async function setAside(
  tools: CaptureTools,
  workspace: Workspace,
  runId: string,
  reason: string,
): Promise<void> {
  for (const [stream, folder] of Object.entries(workspace.buffer)) {
    for (const name of await readdir(folder)) {
      if (!name.startsWith(`${runId}_`)) continue;
      const file = join(folder, name);
      const { size } = await stat(file);
      const words = 'A file without a run was set aside.';
      tools.logger.warn('segment.refused', words, { file: name, stream, size, reason });
      if (size === 0) await rm(file, { force: true });
      else await quarantine(workspace, file, `${stream}_${name}`, reason);
    }
  }
}

/** What could not be understood is not thrown away: a person may read more in it. */
async function setAsideRecord(folder: RunFolder): Promise<void> {
  const name = await freeName([folder.path], `${basename(folder.recordFile)}.damaged`);
  await orNothing(rename(folder.recordFile, join(folder.path, name)));
}

/** The first sample of a run that no console lived to anchor. */
async function lateAnchor(tools: CaptureTools, record: RunRecord, log: string): Promise<RunAnchor> {
  const startWallMs = parseInputFacts(log)?.startWallMs ?? null;
  const ofThisBoot = record.bootId === (await readBootId());
  return anchorRun(record, startWallMs, ofThisBoot ? syncedEarlier(tools.clockSynced()) : null);
}

/** What ended a capture while nobody watched. */
async function whyItEnded(
  record: RunRecord,
  log: string,
): Promise<{ reason: GapReason; detail: string }> {
  if (record.asked !== undefined) return { reason: 'restart', detail: record.asked.why };
  const bootId = await readBootId();
  const before = record.bootId ?? record.process?.bootId ?? bootId;
  if (before !== bootId) {
    return { reason: 'power_loss', detail: 'the machine was started anew while it recorded' };
  }
  const { code, detail } = diagnose(log);
  // ffmpeg says why it ends; one that was killed says nothing.
  return code === 'EXITED_UNASKED' || code === 'UNKNOWN'
    ? { reason: 'console_stopped', detail: 'the capture ended while no console ran' }
    : { reason: gapReasonOf(code), detail };
}
