import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { createRouterClient } from '@orpc/server';
import { Agent, fetch as undiciFetch } from 'undici';
import type { StationClient } from '@shared/contract';
import { KnownStations, knownStationsFile } from '../data-disk/known-stations';
import { readMarker } from '../data-disk/marker';
import { lookAtPlace, missingDisk } from '../data-disk/recognise';
import { type DataFolder, dataFolderAt, holdsStation } from '../data-folder';
import { codesOf } from '../files/error-code';
import { type FolderLock, lockFolder } from '../folder-lock';
import type { Installation } from '../installation';
import { isOwnSocket, readRuntime, spareSocketPath } from '../runtime-file';
import { openStation } from '../station';
import { StationError } from '../station-error';
import type { StationOptions } from '../station-options';
import { unsupportedUpdater } from '../updates/updater';
import { takeSecretEnvironment } from '../vault/secret-environment';
import { copyDatabase, type DatabaseCopy, isUnwritable } from './look-at-copy';

export interface Connected {
  readonly client: StationClient;
  /** What reaching it has changed, as a sentence for a person; null: nothing. */
  readonly notice: string | null;
  close(): Promise<void>;
}

/** How long a console that holds the folder may take to answer: it may just be starting or stopping. */
const PATIENCE_MS = 5_000;

/**
 * Reaches the station of a data folder: the running console through its socket, or, where none runs, the
 * folder itself; to read, a folder that cannot be written will do.
 * @throws StationError
 */
export async function connectStation(
  dataDir: string,
  installation: Installation,
  purpose: 'read' | 'change',
): Promise<Connected> {
  const folder = dataFolderAt(dataDir);
  const knownStations = new KnownStations(knownStationsFile(process.env));
  if (!(await holdsStation(folder))) {
    // A console whose disk is gone runs on and can say so.
    const running = await connectSocket(spareSocketPath(folder));
    if (running !== null) return running;
    const place = await lookAtPlace(folder, knownStations, false);
    if (place.kind === 'missing') {
      throw new StationError(
        'DATA_DISK_MISSING',
        `${missingDisk(folder, place.stationId)} No console runs that could tell more; mount it and ask again.`,
      );
    }
    if (await isMarked(folder)) {
      throw new StationError(
        'DATABASE_UNUSABLE',
        `The database of the station in ${folder.root} is missing; its recordings are there still. "run" puts the newest copy in its place, or makes it anew from the recordings.`,
      );
    }
    throw new StationError(
      'DATA_FOLDER_INVALID',
      `There is no station in ${folder.root}. "run" makes one; another folder is chosen with --data.`,
    );
  }
  const secretEnvironment = takeSecretEnvironment(process.env);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const running = await connectRunning(folder);
    if (running !== null) return running;
    try {
      return await connectFolder(dataDir, installation, { secretEnvironment });
    } catch (error) {
      if (purpose === 'read' && isUnwritable(error)) {
        return await connectCopy(folder, installation, error);
      }
      const held = error instanceof StationError && error.code === 'DATA_FOLDER_IN_USE';
      if (!held || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** Was there a station, whatever is left of it? */
async function isMarked(folder: DataFolder): Promise<boolean> {
  return (await readMarker(folder.root)) !== 'absent';
}

async function connectFolder(
  dataDir: string,
  installation: Installation,
  options: Pick<StationOptions, 'databaseCopy' | 'secretEnvironment'> = {},
): Promise<Connected> {
  const station = await openStation({
    ...installation,
    dataDir,
    shell: 'headless',
    demo: false,
    updater: unsupportedUpdater(installation.version),
    ...options,
  });
  try {
    await station.look();
  } catch (error) {
    await station.stop();
    throw error;
  }
  const client: StationClient = createRouterClient(station.router, {
    context: { actor: 'command_line' },
  });
  return { client, notice: station.replaced, close: () => station.stop() };
}

/** @param reason why the folder itself cannot be used */
async function connectCopy(
  folder: DataFolder,
  installation: Installation,
  reason: unknown,
): Promise<Connected> {
  const lock = lockWhereWritable(folder);
  let copy: DatabaseCopy;
  try {
    // Another user's console may be writing: a copy made meanwhile may be torn.
    if (lock === null && !codesOf(reason).includes('EROFS') && (await isHeld(folder))) throw reason;
    copy = await copyDatabase(folder).catch((error: unknown) => {
      throw error instanceof StationError ? error : reason; // it cannot be read either
    });
  } finally {
    lock?.release();
  }
  try {
    const connected = await connectFolder(folder.root, installation, { databaseCopy: copy.file });
    const close = async (): Promise<void> => {
      await connected.close();
      await copy.remove();
    };
    return { ...connected, close };
  } catch (error) {
    await copy.remove();
    throw error;
  }
}

/**
 * @returns null where the lock itself cannot be had, because nothing can be written
 * @throws StationError DATA_FOLDER_IN_USE
 */
function lockWhereWritable(folder: DataFolder): FolderLock | null {
  try {
    return lockFolder(folder);
  } catch (error) {
    if (isUnwritable(error)) return null;
    throw error;
  }
}

/** Does the process live that was the last to run a console there? */
async function isHeld(folder: DataFolder): Promise<boolean> {
  const runtime = await readRuntime(folder);
  return runtime !== null && existsSync(`/proc/${String(runtime.pid)}`);
}

async function connectRunning(folder: DataFolder): Promise<Connected | null> {
  const runtime = await readRuntime(folder);
  const own = runtime === null ? null : await answering(runtime.socket);
  return own ?? (await connectSocket(spareSocketPath(folder)));
}

async function connectSocket(path: string): Promise<Connected | null> {
  return (await isOwnSocket(path)) ? await answering(path) : null;
}

async function answering(socket: string): Promise<Connected | null> {
  const dispatcher = new Agent({ connect: { socketPath: socket } });
  const link = new RPCLink({
    url: 'http://station/rpc',
    fetch: async (request) => {
      const body = request.body === null ? null : await request.arrayBuffer();
      const response = await undiciFetch(request.url, {
        method: request.method,
        headers: [...request.headers],
        body,
        signal: request.signal,
        dispatcher,
      });
      return response as unknown as Response;
    },
  });
  const client: StationClient = createORPCClient(link);
  try {
    // The cheapest question: does anybody answer? A console that hangs does not.
    await client.updates.status(undefined, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return { client, notice: null, close: () => dispatcher.close() };
  } catch {
    await dispatcher.destroy();
    return null;
  }
}
