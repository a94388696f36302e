import { RPCHandler } from '@orpc/server/message-port';
import type { StationRouter } from './router';

type Port = Parameters<RPCHandler<{ actor: 'page' }>['upgrade']>[0];

/** Answers the page over one port, until the port closes; then its event iterators end too. */
export function servePort({ router }: { router: StationRouter }, port: Port): void {
  new RPCHandler(router).upgrade(port, { context: { actor: 'page' } });
}
