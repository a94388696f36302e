import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { Agent, fetch as undiciFetch } from 'undici';
import type { StationClient } from '@shared/contract/index';

/** A second line to the running station, past the page: to prepare a test, and to compare what the page says with the truth. */
export async function stationLine(dataDir: string): Promise<StationClient> {
  const runtime = JSON.parse(await readFile(join(dataDir, 'console.json'), 'utf8')) as {
    socket: string;
  };
  const dispatcher = new Agent({ connect: { socketPath: runtime.socket } });
  const link = new RPCLink({
    url: 'http://station/rpc',
    fetch: async (request) => {
      const response = await undiciFetch(request.url, {
        method: request.method,
        headers: [...request.headers],
        body: request.body === null ? null : await request.arrayBuffer(),
        dispatcher,
      });
      return response as unknown as Response;
    },
  });
  return createORPCClient(link);
}
