import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A generic electron-updater feed on the loopback. */
export interface UpdateFeed {
  readonly url: string;
  /** What is offered from now on; null: nothing, 404. */
  offer(version: string | null): void;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function openUpdateFeed(): Promise<UpdateFeed> {
  let offered: string | null = null;
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://feed').pathname;
    asked.push(path);
    if (offered === null || !path.endsWith('-linux.yml')) {
      response
        .writeHead(404, { 'content-type': 'text/html' })
        .end('<html><h1>Not found</h1></html>');
      return;
    }
    const file = `console-${offered}.AppImage`;
    const sha512 = Buffer.alloc(64).toString('base64');
    response
      .writeHead(200, { 'content-type': 'text/yaml' })
      .end(
        [
          `version: ${offered}`,
          'files:',
          `  - url: ${file}`,
          `    sha512: ${sha512}`,
          '    size: 1',
          `path: ${file}`,
          `sha512: ${sha512}`,
          "releaseDate: '2026-01-01T00:00:00.000Z'",
          '',
        ].join('\n'),
      );
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    offer(version) {
      offered = version;
    },
    asked,
    close() {
      server.closeAllConnections();
      return new Promise<void>((done) => {
        server.close(() => {
          done();
        });
      });
    },
  };
}
