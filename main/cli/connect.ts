import { setTimeout as delay } from 'node:timers/promises';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { createRouterClient } from '@orpc/server';
import { Agent, fetch as undiciFetch } from 'undici';
import type { StationClient } from '@shared/contract';
import { KnownStations, knownStationsFile } from '../data-disk/known-stations';
import { recogniseStation } from '../data-disk/recognise';
import { dataFolderAt, holdsStation } from '../data-folder';
import type { Installation } from '../installation';
import { readRuntime } from '../runtime-file';
import { openStation } from '../station';
import { StationError } from '../station-error';
import { unsupportedUpdater } from '../updates/updater';

export interface Connected {
  readonly client: StationClient;
  close(): Promise<void>;
}

/** How long a console that holds the folder may take to answer: it may just be starting or stopping. */
const PATIENCE_MS = 5_000;

/**
 * Reaches the station of a data folder: the running console through its socket, or, where none runs, the
 * folder itself.
 * @throws StationError
 */
export async function connectStation(
  dataDir: string,
  installation: Installation,
): Promise<Connected> {
  const folder = dataFolderAt(dataDir);
  const knownStations = new KnownStations(knownStationsFile(process.env));
  if (!(await holdsStation(folder))) {
    await recogniseStation(folder, knownStations, false); // says so when its disk is missing
    throw new StationError(
      'DATA_FOLDER_INVALID',
      `There is no station in ${folder.root}. "run" makes one; another folder is chosen with --data.`,
    );
  }
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const running = await connectRunning(dataDir);
    if (running !== null) return running;
    try {
      const station = await openStation({
        ...installation,
        dataDir,
        shell: 'headless',
        demo: false,
        updater: unsupportedUpdater(installation.version),
      });
      await station.look();
      const client: StationClient = createRouterClient(station.router, {
        context: { actor: 'command_line' },
      });
      return { client, close: () => station.stop() };
    } catch (error) {
      const held = error instanceof StationError && error.code === 'DATA_FOLDER_IN_USE';
      if (!held || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

async function connectRunning(dataDir: string): Promise<Connected | null> {
  const runtime = await readRuntime(dataFolderAt(dataDir));
  if (runtime === null) return null;
  const dispatcher = new Agent({ connect: { socketPath: runtime.socket } });
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
    return { client, close: () => dispatcher.close() };
  } catch {
    await dispatcher.destroy();
    return null;
  }
}
