import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { onTestFinished } from 'vitest';
import { freePort } from './rclone-server';
import type { ServedRemote } from './served-remote';

/** Nobody listens there. */
export async function refusingRemote(): Promise<ServedRemote> {
  return webdavAt(`http://127.0.0.1:${String(await freePort())}/`);
}

/** Takes every connection and never answers. */
export async function silentRemote(): Promise<ServedRemote> {
  return webdavAt(`http://127.0.0.1:${String(await listen(createServer()))}/`);
}

/** A name that no DNS server knows: `.invalid` is reserved for that. */
export function unknownHost(): ServedRemote {
  return webdavAt('http://cloud.silvasonic.invalid/');
}

/** Its certificate is not valid yet: so looks any server to a station whose clock is behind. */
export async function notYetValid(): Promise<ServedRemote> {
  const { generate } = await import('selfsigned');
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    notBeforeDate: new Date('2090-01-01T00:00:00Z'),
    notAfterDate: new Date('2091-01-01T00:00:00Z'),
  });
  const port = await listen(createTlsServer({ key, cert }, (_, answer) => answer.end()));
  return webdavAt(`https://127.0.0.1:${String(port)}/`);
}

function webdavAt(url: string): ServedRemote {
  const secrets = { pass: 'never-asked-for' };
  return { type: 'webdav', options: { url, user: 'station' }, secrets, folder: '' };
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
