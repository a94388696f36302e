import type { RecorderStatus } from '@shared/model/recorder';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock/system-clock';
import { KnownStations, knownStationsFile } from '../data-disk/known-stations';
import { isAttended } from '../folder-lock';
import type { Installation } from '../installation';
import { machineRoots } from '../machine-root';
import { DEMO_PREFIX, endAbandonedDemos } from '../recorder/abandoned-demos';
import { probeFfmpeg } from '../recorder/ffmpeg-probe';
import { openStation, type Station } from '../station';
import { StationError } from '../station-error';
import { unsupportedUpdater } from '../updates/updater';
import { takeSecretEnvironment } from '../vault/secret-environment';
import { importEnd } from './import-end';
import { isNoRoom } from './look-at-copy';
import { counted, type Output, printable } from './output';

/** A station that cannot be opened anew is tried again after this long. */
const REOPEN_MS = 2_000;

export interface RunRequest {
  readonly dataDir: string;
  readonly demo: boolean;
  readonly simulate: number | undefined;
  readonly alsa: readonly string[];
  readonly profileSlug: string | undefined;
  readonly segmentDurationS: number | undefined;
  readonly forMs: number | undefined;
  /** Make a new station where a known one is missing. */
  readonly newStation: boolean;
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
  const stopped = new AbortController();
  const stop = (): void => {
    stopped.abort();
  };
  // For good, not once: a Ctrl-C reaches every process of the terminal and is forwarded besides, and a second
  // one must not kill us while the last segments are being kept.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  let captures = 'end' as 'end' | 'hand_over';
  process.on('SIGUSR2', () => {
    captures = 'hand_over';
    stop();
  });
  const secretEnvironment = takeSecretEnvironment(process.env);
  // Asked before anything is made: without ffmpeg there is nothing to run.
  await probeFfmpeg(process.env['SILVASONIC_FFMPEG'] ?? 'ffmpeg');
  const dataDir = request.demo ? await demoFolder() : request.dataDir;
  const knownStations = new KnownStations(knownStationsFile(process.env));
  const open = (newStation: boolean): Promise<Station> =>
    openStation({
      ...installation,
      dataDir,
      shell: 'headless',
      demo: request.demo,
      updater: unsupportedUpdater(installation.version),
      newStation,
      secretEnvironment,
      ...machineRoots(process.env),
      ...(request.demo ? {} : { knownStations }),
      ...(request.segmentDurationS === undefined
        ? {}
        : { segmentDurationS: request.segmentDurationS }),
    });
  const begin = async (): Promise<Station> => {
    const opened = await open(request.newStation);
    try {
      await addMicrophones(opened, request);
      await opened.start();
      return opened;
    } catch (error) {
      await opened.stop();
      throw error;
    }
  };
  const timer = request.forMs === undefined ? undefined : setTimeout(stop, request.forMs);
  const begun = await whenThereIsRoom(begin, stopped.signal, (reason) => {
    const text = `Nothing can be recorded yet: ${reason} The station comes up as soon as there is room.`;
    print(output, request.json, { type: 'waiting', reason }, text);
  });
  if (begun === null) return;
  let station = begun;
  try {
    for (;;) {
      await station.start();
      announce(output, request.json, dataDir);
      countNow(station);
      const end = await runUntil(station, stopped.signal, output, request.json);
      if (end === 'stopped') break;
      print(output, request.json, { type: 'reopening', reason: end }, REOPENING[end]);
      await station.stop('hand_over');
      station = await openAgain(() => open(false), station, stopped.signal);
    }
    clearTimeout(timer);
    print(
      output,
      request.json,
      { type: 'stopping', captures },
      captures === 'end'
        ? 'Stopping: captures end and their last segments are kept.'
        : 'Making room for the next console: captures run on.',
    );
  } finally {
    await station.stop(captures);
  }
  print(
    output,
    request.json,
    { type: 'stopped', recordings: station.recordings.total },
    `Stopped. ${counted(station.recordings.total, 'recording')} in ${dataDir}${request.demo ? ', which stays' : ''}`,
  );
}

/** Counted while the database is open; events keep the count up until it is closed. */
function countNow(station: Station): number {
  return station.recordings.total;
}

/**
 * A station that cannot be opened because its disk is full comes up when there is room again, after a reboot, too.
 * @returns null when it was told to stop before
 */
async function whenThereIsRoom(
  begin: () => Promise<Station>,
  stopped: AbortSignal,
  tellOnce: (reason: string) => void,
): Promise<Station | null> {
  let told = false;
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      if (!told) tellOnce(error instanceof StationError ? error.message : 'The disk is full.');
      told = true;
      await systemClock.sleep(REOPEN_MS, stopped);
      if (stopped.aborted) return null;
    }
  }
}

/** Why a station is opened anew, in a sentence. */
const REOPENING = {
  disk_replaced: 'The data disk is back: the station is opened anew.',
  database_damaged:
    'The database is damaged: the station is opened anew, and puts another in its place.',
} as const;

/** `disk_replaced`: what the station holds open was lost with a disk that is back. */
async function runUntil(
  station: Station,
  stopped: AbortSignal,
  output: Output,
  json: boolean,
): Promise<'stopped' | keyof typeof REOPENING> {
  const lost = new AbortController();
  let why: keyof typeof REOPENING = 'disk_replaced';
  station.bus.once('data_disk.replaced', () => {
    lost.abort();
  });
  station.bus.once('database.damaged', () => {
    why = 'database_damaged';
    lost.abort();
  });
  const either = AbortSignal.any([stopped, lost.signal]);
  const telling = tellChanges(station, either, output, json);
  await aborted(either);
  await telling;
  return stopped.aborted ? 'stopped' : why;
}

/** A disk that is back may go away again: tried until it stays. */
async function openAgain(
  open: () => Promise<Station>,
  before: Station,
  signal: AbortSignal,
): Promise<Station> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof StationError)) throw error;
      if (signal.aborted) return before; // it has stopped already
      before.logger.error('station.reopen_failed', error.message);
      await systemClock.sleep(REOPEN_MS, signal);
    }
  }
}

async function demoFolder(): Promise<string> {
  await endAbandonedDemos(tmpdir(), isAttended, systemClock);
  return join(await mkdtemp(join(tmpdir(), DEMO_PREFIX)), 'data');
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
  station.bus.on('recording.indexed', ({ id, device, time, source }) => {
    if (source === 'import') return; // told once, when all of them are there
    print(
      output,
      json,
      { type: 'recording', id, device, time },
      `${device}: recorded ${time} (#${String(id)})`,
    );
  });
  station.bus.on('import.changed', (change) => {
    const words = importEnd(change);
    if (words !== null) print(output, json, { type: 'import', ...change }, words);
  });
  const told = new Map<string, string>();
  const tell = (recorders: readonly RecorderStatus[]): void => {
    for (const recorder of recorders) {
      const { device, state, desiredReason, lastError, adopted } = recorder;
      const words = sentence(recorder);
      if (told.get(device) === words) continue;
      told.set(device, words);
      const document = { type: 'recorder', device, state, desiredReason, lastError, adopted };
      print(output, json, document, words);
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
  const { adopted, displayName, state, desiredReason, lastError, sampleRateHz } = recorder;
  const error = lastError === null ? '' : ` (${lastError.code}: ${lastError.detail})`;
  const rate = sampleRateHz === null ? '' : ` at ${String(sampleRateHz)} Hz`;
  switch (state) {
    case 'recording':
      return `${displayName}: RECORDING${rate}${adopted ? ', taken over from an earlier console' : ''}`;
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
  output.out(
    json ? JSON.stringify({ at: new Date().toISOString(), ...document }) : printable(text),
  );
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
