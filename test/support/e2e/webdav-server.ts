import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';

/** A real `rclone serve webdav` on the loopback, for tests outside of vitest. */
export interface WebdavServer {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** What was stored, relative to its root. */
  files(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openWebdavServer(folder: string): Promise<WebdavServer> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const user = 'station';
  const password = 'sound & säge #1';
  const child = spawn(
    'rclone',
    ['serve', 'webdav', folder, '--config', '', '--addr', `127.0.0.1:${String(port)}`].concat(
      '--dir-cache-time',
      '0s',
      '--log-level',
      'INFO',
    ),
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, RCLONE_USER: user, RCLONE_PASS: password },
    },
  );
  await started(child);
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    user,
    password,
    async files() {
      const all = await readdir(folder, { recursive: true, withFileTypes: true });
      return all.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function started(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Server started on')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`rclone serve webdav ended: ${said}`));
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
