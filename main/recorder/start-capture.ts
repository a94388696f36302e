import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Clock } from '../clock/clock';
import type { Logger } from '../logging/logger';
import { readBootId } from '../process/identity';
import { favour } from '../process/priority';
import { type DetachedProcess, spawnDetached } from '../process/spawn-detached';
import { terminate } from '../process/terminate';
import { captureArguments } from './capture-command';
import { type CaptureConfig, configHash } from './capture-config';
import { runFolderAt, type RunRecord, writeRunRecord } from './run-files';
import { makeWorkspace, workspaceAt } from './workspace';

/** What a capture needs to be started. */
export interface StartTools {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Program name or path. */
  readonly ffmpeg: string;
  /** `<data>/recorder` */
  readonly recorderDir: string;
  /** A free port for the live stream, or null to do without. */
  readonly livePort: () => Promise<number | null>;
}

/** A capture that runs and is written down. */
export interface StartedCapture {
  readonly record: RunRecord;
  readonly process: DetachedProcess;
}

/** Names a run: 8 hexadecimal characters. */
export function newRunId(): string {
  return randomBytes(4).toString('hex');
}

/**
 * Starts a capture. The plan is on disk before the process is there, so that no capture is ever unknown.
 * @throws SpawnError when ffmpeg cannot be started; Node's errors when the workspace cannot be written
 */
export async function startCapture(
  tools: StartTools,
  device: RunRecord['device'],
  config: CaptureConfig,
  runId: string,
): Promise<StartedCapture> {
  const { clock } = tools;
  const workspace = workspaceAt(tools.recorderDir, config.workspace);
  const folder = runFolderAt(workspace.path, runId);
  await makeWorkspace(workspace);
  const livePort = config.live ? await tools.livePort() : null;
  const planned: RunRecord = {
    version: 1,
    runId,
    device,
    config,
    configHash: configHash(config),
    process: null,
    startedWallMs: clock.wallMs(),
    startedMonotonicMs: clock.monotonicMs(),
    bootId: await readBootId(),
    livePort,
    anchor: null,
    ended: null,
  };
  const args = captureArguments(
    config,
    {
      bufferRawDir: workspace.buffer.raw,
      bufferProcessedDir: workspace.buffer.processed,
      rawList: folder.rawList,
      processedList: folder.processedList,
      livePort,
    },
    runId,
  );
  let process: DetachedProcess | null = null;
  try {
    await writeRunRecord(folder, planned);
    const startedWallMs = clock.wallMs();
    const startedMonotonicMs = clock.monotonicMs();
    process = await spawnDetached(tools.ffmpeg, args, {
      stdoutFile: folder.progressFile,
      stderrFile: folder.logFile,
    });
    const record = { ...planned, process: process.identity, startedWallMs, startedMonotonicMs };
    await writeRunRecord(folder, record);
    const { refused } = await favour(process.identity.pid);
    tools.logger.info('capture.started', 'A capture process was started.', {
      device: config.device,
      run: runId,
      pid: process.identity.pid,
      command: [tools.ffmpeg, ...args].join(' '),
      refused,
    });
    return { record, process };
  } catch (error) {
    // A capture that could not be written down must not go on unknown.
    if (process !== null) await terminate(process.identity, clock);
    // Of one that never was, nothing is to be looked for.
    else await rm(folder.path, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}
