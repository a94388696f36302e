import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '@main/clock/clock';
import { systemClock } from '@main/clock/system-clock';
import { createEventBus, type EventBus } from '@main/events/bus';
import type { CaptureConfig } from '@main/recorder/capture-config';
import { CaptureRun, type CaptureTools } from '@main/recorder/capture-run';
import {
  type RunFolder,
  readRunRecord,
  runFolderAt,
  type RunRecord,
} from '@main/recorder/run-files';
import { type Workspace, workspaceAt } from '@main/recorder/workspace';
import { recordingFolder } from './captures';
import { recordingLogger } from './recording-logger';

export const SINGLE_CONFIG: CaptureConfig = {
  device: 'mic',
  workspace: 'mic',
  input: { type: 'sweep' },
  sampleRateHz: 48_000,
  channels: 1,
  format: 'S16LE',
  raw: true,
  processed: false,
  live: false,
  gainDb: 0,
  highpassHz: null,
  segmentDurationS: 1,
};

/** A real capture without a station around it, and the consoles that follow it one after the other. */
export interface SingleCapture {
  readonly dataDir: string;
  readonly recorderDir: string;
  readonly workspace: Workspace;
  readonly folder: RunFolder;
  readonly bus: EventBus;
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly tools: (parts?: Partial<CaptureTools>) => CaptureTools;
  /** The run as the console that started it follows it. */
  readonly first: CaptureRun;
  record(): Promise<RunRecord>;
  /** The next console takes it over; release the one before first. */
  adopt(parts?: Partial<CaptureTools>): Promise<CaptureRun>;
}

export async function singleCapture(
  options: { readonly config?: Partial<CaptureConfig>; readonly clock?: Clock } = {},
): Promise<SingleCapture> {
  const dataDir = recordingFolder();
  const recorderDir = join(dataDir, 'recorder');
  mkdirSync(recorderDir);
  const workspace = workspaceAt(recorderDir, 'mic');
  const runId = '0a1b2c3d';
  const folder = runFolderAt(workspace.path, runId);
  const bus = createEventBus();
  const logger = recordingLogger();
  const tools = (parts: Partial<CaptureTools> = {}): CaptureTools => ({
    clock: options.clock ?? systemClock,
    logger,
    ffmpeg: 'ffmpeg',
    recorderDir,
    livePort: () => Promise.resolve(null),
    bus,
    clockSynced: () => true,
    describe: () => new Map(),
    ...parts,
  });
  const followed: CaptureRun[] = [];
  onTestFinished(async () => {
    for (const run of followed) await run.release();
  });
  const device = { name: 'mic', displayName: 'mic', simulated: true };
  const config = { ...SINGLE_CONFIG, ...options.config };
  const first = await CaptureRun.begin(tools(), device, config, runId);
  followed.push(first);
  const record = async (): Promise<RunRecord> => {
    const found = await readRunRecord(folder);
    if (found === null) throw new Error('the run has no record');
    return found;
  };
  return {
    dataDir,
    recorderDir,
    workspace,
    folder,
    bus,
    logger,
    tools,
    first,
    record,
    adopt: async (parts) => {
      const known = await record();
      if (known.process === null) throw new Error('the run has no process');
      const run = CaptureRun.adopt(tools(parts), { ...known, process: known.process });
      followed.push(run);
      return run;
    },
  };
}
