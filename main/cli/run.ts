import type { RecorderStatus } from '@shared/model/recorder';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock/system-clock';
import type { Installation } from '../installation';
import { probeFfmpeg } from '../recorder/ffmpeg-probe';
import { openStation, type Station } from '../station';
import { unsupportedUpdater } from '../updates/updater';
import { counted, type Output } from './output';

export interface RunRequest {
  readonly dataDir: string;
  readonly demo: boolean;
  readonly simulate: number | undefined;
  readonly alsa: readonly string[];
  readonly profileSlug: string | undefined;
  readonly segmentDurationS: number | undefined;
  readonly forMs: number | undefined;
  readonly json: boolean;
}

/**
 * Runs the station without a screen until it is told to stop or its time is over. Prints one line per
 * change: for people, or as NDJSON with a `type`.
 * @throws StationError
 */
export async function run(
  request: RunRequest,
  installation: Installation,
  output: Output,
): Promise<void> {
  // Asked before anything is made: without ffmpeg there is nothing to run.
  await probeFfmpeg(process.env['SILVASONIC_FFMPEG'] ?? 'ffmpeg');
  const dataDir = request.demo ? await demoFolder() : request.dataDir;
  const station = await openStation({
    ...installation,
    dataDir,
    shell: 'headless',
    demo: request.demo,
    updater: unsupportedUpdater(installation.version),
    ...(request.segmentDurationS === undefined
      ? {}
      : { segmentDurationS: request.segmentDurationS }),
  });
  const stopped = new AbortController();
  const stop = (): void => {
    stopped.abort();
  };
  // For good, not once: a Ctrl-C reaches every process of the terminal and is forwarded besides, and a second
  // one must not kill us while the last segments are being kept.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  try {
    await addMicrophones(station, request);
    await station.start();
    announce(output, request.json, dataDir);
    const timer = request.forMs === undefined ? undefined : setTimeout(stop, request.forMs);
    const telling = tellChanges(station, stopped.signal, output, request.json);
    await aborted(stopped.signal);
    clearTimeout(timer);
    await telling;
    print(
      output,
      request.json,
      { type: 'stopping' },
      'Stopping: captures end and their last segments are kept.',
    );
  } finally {
    await station.stop();
  }
  print(
    output,
    request.json,
    { type: 'stopped', recordings: station.recordings.total },
    `Stopped. ${counted(station.recordings.total, 'recording')} in ${dataDir}${request.demo ? ', which stays' : ''}`,
  );
}

async function demoFolder(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'silvasonic-demo-')), 'data');
}

async function addMicrophones(station: Station, request: RunRequest): Promise<void> {
  const simulate = request.simulate ?? (request.demo ? 1 : undefined);
  if (simulate !== undefined) await station.devices.ensureSimulated(simulate, request.profileSlug);
  for (const pcm of request.alsa) {
    station.devices.addAlsa({ pcm, profileSlug: request.profileSlug });
  }
}

function announce(output: Output, json: boolean, dataDir: string): void {
  print(
    output,
    json,
    { type: 'started', pid: process.pid, dataDir },
    `The station runs without a screen. Data folder: ${dataDir}. Stop it with Ctrl-C or "kill ${String(process.pid)}".`,
  );
}

/** Follows the station until the signal, and what the stop itself still brings. */
async function tellChanges(
  station: Station,
  signal: AbortSignal,
  output: Output,
  json: boolean,
): Promise<void> {
  station.bus.on('recording.indexed', ({ id, device, time }) => {
    print(
      output,
      json,
      { type: 'recording', id, device, time },
      `${device}: recorded ${time} (#${String(id)})`,
    );
  });
  const told = new Map<string, string>();
  const tell = (recorders: readonly RecorderStatus[]): void => {
    for (const recorder of recorders) {
      const { device, state, desiredReason, lastError } = recorder;
      const words = sentence(recorder);
      if (told.get(device) === words) continue;
      told.set(device, words);
      print(output, json, { type: 'recorder', device, state, desiredReason, lastError }, words);
    }
  };
  station.bus.on('recorder.changed', () => {
    tell(station.recorders.statuses());
  });
  tell(station.recorders.statuses());
  while (!signal.aborted) {
    // What no event tells of, such as audio that stopped growing.
    await systemClock.sleep(1000, signal);
    tell(station.recorders.statuses());
  }
}

function sentence(recorder: RecorderStatus): string {
  const { displayName, state, desiredReason, lastError, sampleRateHz } = recorder;
  const error = lastError === null ? '' : ` (${lastError.code}: ${lastError.detail})`;
  const rate = sampleRateHz === null ? '' : ` at ${String(sampleRateHz)} Hz`;
  switch (state) {
    case 'recording':
      return `${displayName}: RECORDING${rate}`;
    case 'idle':
      return `${displayName}: not recording: ${desiredReason}${error}`;
    case 'waiting':
      return `${displayName}: NOT RECORDING, tries again${error}`;
    default:
      return `${displayName}: ${state}`;
  }
}

function print(
  output: Output,
  json: boolean,
  document: Record<string, unknown>,
  text: string,
): void {
  output.out(json ? JSON.stringify({ at: new Date().toISOString(), ...document }) : text);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else {
      signal.addEventListener('abort', () => {
        resolve();
      });
    }
  });
}
