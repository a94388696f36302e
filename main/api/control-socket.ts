import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { RPCHandler } from '@orpc/server/node';
import type { StationRouter } from './router';

const PREFIX = '/rpc';

/**
 * Serves the contract to the command line on a Unix socket that only this user can open: the same
 * procedures as the page's, so that whoever works over SSH sees and changes the running station.
 */
export class ControlSocket {
  readonly #path: string;
  readonly #server: Server;

  constructor(path: string, router: StationRouter) {
    this.#path = path;
    const handler = new RPCHandler(router);
    this.#server = createServer((request, response) => {
      void handler
        .handle(request, response, { prefix: PREFIX, context: { actor: 'command_line' } })
        .then(({ matched }) => {
          if (!matched) response.writeHead(404).end();
        })
        .catch(() => {
          response.destroy();
        });
    });
  }

  async listen(): Promise<void> {
    await rm(this.#path, { force: true }); // left by a console that was killed; the folder lock is ours
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#path, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    await chmod(this.#path, 0o600);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
    await rm(this.#path, { force: true });
  }
}
