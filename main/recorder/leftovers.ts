import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GapReason } from '@shared/model/coverage';
import { syncFolder } from '../files/durable';
import { findProcess, isAlive, type ProcessIdentity, readBootId } from '../process/identity';
import { terminate } from '../process/terminate';
import { diagnose, parseInputFacts } from './capture-log';
import { gapReasonOf } from './capture-failure';
import type { CaptureTools } from './capture-run';
import { LogTail } from './log-tail';
import { bufferedRuns, isMadeFromFiles, recordFromFiles } from './orphans';
import { anchorRun, type RunAnchor } from './run-anchor';
import {
  listRunIds,
  readRunRecord,
  type RunFolder,
  runFolderAt,
  type RunRecord,
  writeRunRecord,
} from './run-files';
import { SegmentPromoter } from './segment-promoter';
import { makeWorkspace, type Workspace, workspaceAt } from './workspace';

/** A run whose end nobody has written down yet. */
export interface OpenRun {
  /** null: it was lost, and there are only the files. */
  readonly record: RunRecord | null;
  /** Folder name below `<data>/recorder/`. */
  readonly workspace: string;
  readonly runId: string;
  /** Its process, if that still lives. */
  readonly process: ProcessIdentity | null;
}

/** Runs that an earlier console left: some still record, of some there are only files. */
export async function findOpenRuns(recorderDir: string): Promise<OpenRun[]> {
  const open: OpenRun[] = [];
  for (const name of await readdir(recorderDir).catch(() => [])) {
    const workspace = workspaceAt(recorderDir, name);
    const buffered = await bufferedRuns(workspace);
    for (const runId of new Set([...(await listRunIds(workspace.path)), ...buffered])) {
      const record = await readRunRecord(runFolderAt(workspace.path, runId));
      if (record === null) {
        // Its record was lost; what it recorded was not.
        const process = await findProcess(captureMark(runId));
        if (buffered.has(runId) || process !== null) {
          open.push({ record: null, workspace: name, runId, process });
        }
        continue;
      }
      // One that was called ended has nothing left to keep, unless somebody put it back.
      if (record.ended !== null && !buffered.has(runId)) continue;
      // A console that died between starting a capture and writing down its number left a plan without one.
      const process = record.process ?? (await findProcess(captureMark(runId)));
      const alive = process !== null && (await isAlive(process));
      open.push({ record, workspace: name, runId, process: alive ? process : null });
    }
  }
  return open;
}

/**
 * Ends and promotes the runs that were left behind, by an earlier console or by a full disk: never two
 * captures of one device, and no segment stays in a buffer.
 * @param isOurs runs that are somebody's business already
 * @returns how many runs could not be finished and wait for the next time
 */
export async function finishLeftovers(
  tools: CaptureTools,
  isOurs: (runId: string) => boolean,
): Promise<number> {
  let waiting = 0;
  for (const run of await findOpenRuns(tools.recorderDir)) {
    if (isOurs(run.runId)) continue;
    try {
      await finishRun(tools, run);
    } catch (error) {
      waiting += 1;
      // Left as it is for the next time; what is in the buffer stays there.
      tools.logger.error(
        'run.finish_failed',
        'A run of an earlier console could not be finished.',
        { workspace: run.workspace, run: run.runId, error },
      );
    }
  }
  return waiting;
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
  if (run.record === null) await writeRunRecord(folder, record);
  const log = new LogTail(folder.logFile);
  await log.read();
  const anchor = record.anchor ?? (await lateAnchor(tools, record, log.text));
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
      why: process === null ? `found dead: ${detail}` : 'ended by the next console',
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
  let moved = false;
  for (const [stream, folder] of Object.entries(workspace.buffer)) {
    for (const name of await readdir(folder)) {
      if (!name.startsWith(captureMark(runId))) continue;
      const { size } = await stat(join(folder, name));
      tools.logger.warn('segment.refused', 'A file without a run was set aside.', {
        file: name,
        stream,
        size,
        reason,
      });
      if (size === 0) {
        await rm(join(folder, name), { force: true });
        continue;
      }
      await mkdir(workspace.quarantine, { recursive: true });
      moved = true;
      const target = await freePath(join(workspace.quarantine, `${stream}_${name}`));
      await rename(join(folder, name), target);
      await writeFile(`${target}.reason.txt`, `${reason}\n`);
    }
  }
  if (moved) await syncFolder(workspace.quarantine);
}

/** Nothing is ever overwritten: a name that exists gets a suffix. */
async function freePath(wanted: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const path = n === 1 ? wanted : wanted.replace(/\.wav$/, `.${String(n)}.wav`);
    if ((await stat(path).catch(() => null)) === null) return path;
  }
}

/** What the command line of a run's capture, and the names of its buffer files, begin with. */
function captureMark(runId: string): string {
  return `${runId}_`;
}

/** The first sample of a run that no console lived to anchor. */
async function lateAnchor(tools: CaptureTools, record: RunRecord, log: string): Promise<RunAnchor> {
  const startWallMs = parseInputFacts(log)?.startWallMs ?? null;
  // That the clock is right now says nothing of another boot; of this one, only that it may have been set since.
  const ofThisBoot = record.bootId === (await readBootId());
  const synced = ofThisBoot && tools.clockSynced() === false ? false : null;
  return anchorRun(record, startWallMs, synced);
}

/** What ended a capture while nobody watched. */
async function whyItEnded(
  record: RunRecord,
  log: string,
): Promise<{ reason: GapReason; detail: string }> {
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

/** Writes down the end; a run that left nothing behind leaves no folder either. */
async function closeRun(
  folder: RunFolder,
  leftSomething: boolean,
  record: RunRecord,
): Promise<void> {
  if (leftSomething) await writeRunRecord(folder, record);
  else await rm(folder.path, { recursive: true, force: true });
}
