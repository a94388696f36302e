import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { Agent, fetch as undiciFetch } from 'undici';
import { onTestFinished } from 'vitest';
import type { StationClient } from '@shared/contract';
import { servePort } from '@main/api/message-port';
import type { StationRouter } from '@main/api/router';

export interface Connection {
  readonly client: StationClient;
  /** The client goes away without a word, as a page or a process does. */
  close(): Promise<void>;
}

/** As the page is connected: over the two ends of a message channel. */
export function overPort(station: { readonly router: StationRouter }): Connection {
  const { port1: theirs, port2: ours } = new MessageChannel();
  servePort(station, theirs);
  theirs.start();
  const client: StationClient = createORPCClient(new PortLink({ port: ours }));
  ours.start();
  const close = (): Promise<void> => {
    ours.close();
    return Promise.resolve();
  };
  onTestFinished(close);
  return { client, close };
}

/** As the command line is connected: over the control socket. */
export function overSocket(socketPath: string): Connection {
  const dispatcher = new Agent({ connect: { socketPath } });
  const link = new FetchLink({
    url: 'http://station/rpc',
    fetch: async (request) => {
      const response = await undiciFetch(request.url, {
        method: request.method,
        headers: [...request.headers],
        body: request.body === null ? null : await request.arrayBuffer(),
        signal: request.signal,
        dispatcher,
      });
      return response as unknown as Response;
    },
  });
  const client: StationClient = createORPCClient(link);
  const close = (): Promise<void> => dispatcher.destroy();
  onTestFinished(close);
  return { client, close };
}
