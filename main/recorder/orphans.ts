import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BITS_PER_SAMPLE, sampleFormatSchema } from '@shared/model/profile';
import type { Stream } from '@shared/model/recording';
import { orNothing } from '../files/absent';
import { inspectWav, WavError, type WavInfo } from '../wav/inspect';
import type { CaptureConfig } from './capture-config';
import { LedgerReader } from './ledger-reader';
import type { RunAnchor } from './run-anchor';
import { listRunIds, readLedgerEnd, readRunRecord, runFolderAt, type RunRecord } from './run-files';
import { type Workspace, workspaceAt } from './workspace';
import { witnessOf } from './workspace-witness';

const BUFFER_FILE = /^(?<run>[0-9a-f]{8})_\d{8,}\.wav$/;
const STREAMS = ['raw', 'processed'] as const;

/**
 * Runs that have files in a buffer.
 * @throws Node's errors when that cannot be told now
 */
export async function bufferedRuns(workspace: Workspace): Promise<Set<string>> {
  const runs = new Set<string>();
  for (const stream of STREAMS) {
    for (const name of (await orNothing(readdir(workspace.buffer[stream]))) ?? []) {
      const run = BUFFER_FILE.exec(name)?.groups?.['run'];
      if (run !== undefined) runs.add(run);
    }
  }
  return runs;
}

/**
 * A record for a run whose own was lost with its disk: made from what its files say of themselves and from what the
 * workspace recorded before. Where its ledger does not tell its times, they are those at which its files last grew, and
 * are marked as uncertain.
 * @returns null when nothing can be read from its files
 * @throws Node's errors when they cannot be read now
 */
export async function recordFromFiles(
  recorderDir: string,
  workspaceName: string,
  runId: string,
): Promise<RunRecord | null> {
  const workspace = workspaceAt(recorderDir, workspaceName);
  const streams = await Promise.all(
    STREAMS.map(async (stream) => ({ stream, files: await filesOf(workspace, stream, runId) })),
  );
  const leading = streams.find(({ files }) => files.some(({ info }) => info !== null));
  const known = leading?.files.find(({ info }) => info !== null)?.info ?? null;
  if (leading === undefined || known === null) return null;
  const model = await anyRecord(workspace.path);
  const seconds = leading.files.reduce((sum, { info, bytes }) => {
    const frames = info?.frames ?? bytes / known.frameBytes;
    return sum + frames / known.sampleRateHz;
  }, 0);
  const endMs = Math.max(...leading.files.map(({ changedMs }) => changedMs));
  const anchor =
    (await rememberedAnchor(workspace.path, runId)) ??
    ({
      wallMs: endMs - seconds * 1000,
      monotonicMs: 0,
      source: 'process_start',
      synced: false,
    } as const);
  const device =
    model?.device ?? (await witnessOf(recorderDir, workspaceName, new LedgerReader(recorderDir)));
  const config: CaptureConfig = {
    device: model?.config.device ?? device.name,
    workspace: workspaceName,
    input: model?.config.input ?? { type: 'alsa', pcm: '' },
    sampleRateHz: known.sampleRateHz,
    channels: known.channels,
    format: formatOf(known.bitsPerSample),
    raw: leading.stream === 'raw',
    processed: streams.some(({ stream, files }) => stream === 'processed' && files.length > 0),
    live: false,
    gainDb: model?.config.gainDb ?? 0,
    highpassHz: model?.config.highpassHz ?? null,
    segmentDurationS: model?.config.segmentDurationS ?? 10,
  };
  return {
    version: 1,
    runId,
    device,
    config,
    configHash: '',
    process: null,
    startedWallMs: anchor.wallMs,
    startedMonotonicMs: 0,
    // Monotonic times of another boot compare with nothing: nobody is to correct these by them.
    bootId: 'unknown',
    livePort: null,
    anchor,
    ended: null,
  };
}

/** Where a run has promoted something, its ledger knows the time of its first sample. */
async function rememberedAnchor(workspacePath: string, runId: string): Promise<RunAnchor | null> {
  const entries = [...(await readLedgerEnd(runFolderAt(workspacePath, runId))).values()];
  const newest = entries.at(-1);
  if (newest === undefined) return null;
  const { startWallMs, firstFrame, sampleRateHz, clockSynced } = newest;
  const wallMs = startWallMs - (firstFrame / sampleRateHz) * 1000;
  return { wallMs, monotonicMs: 0, source: 'process_start', synced: clockSynced };
}

/** Is this such a record? No capture was ever started from it. */
export function isMadeFromFiles(record: RunRecord): boolean {
  return record.configHash === '';
}

async function filesOf(
  workspace: Workspace,
  stream: Stream,
  runId: string,
): Promise<{ info: WavInfo | null; bytes: number; changedMs: number }[]> {
  const folder = workspace.buffer[stream];
  const names = ((await orNothing(readdir(folder))) ?? []).filter(
    (name) => BUFFER_FILE.test(name) && name.startsWith(runId),
  );
  return Promise.all(
    names.sort().map(async (name) => {
      const path = join(folder, name);
      const { size, mtimeMs } = await stat(path);
      const info = await orUnknown(inspectWav(path));
      return { info, bytes: size, changedMs: mtimeMs };
    }),
  );
}

/** null: its header cannot be understood. */
async function orUnknown(asked: Promise<WavInfo>): Promise<WavInfo | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WavError) return null;
    throw error;
  }
}

async function anyRecord(workspacePath: string): Promise<RunRecord | null> {
  const problems: unknown[] = [];
  for (const runId of await listRunIds(workspacePath)) {
    try {
      const record = await readRunRecord(runFolderAt(workspacePath, runId));
      if (record !== null) return record;
    } catch (error) {
      // Any other one will do.
      problems.push(error);
    }
  }
  if (problems.length > 0) throw new AggregateError(problems, 'no run record could be read');
  return null;
}

function formatOf(bitsPerSample: number): CaptureConfig['format'] {
  const format = sampleFormatSchema.options.find((name) => BITS_PER_SAMPLE[name] === bitsPerSample);
  return format ?? 'S16LE';
}
