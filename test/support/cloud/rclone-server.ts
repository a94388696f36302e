import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { soon } from '../soon';
import { temporaryFolder } from '../temporary-folder';
import type { ServedRemote } from './served-remote';

export const SERVER_USER = 'station';
export const SERVER_PASSWORD = 'sound & säge #1';

export interface RcloneServer extends ServedRemote {
  readonly port: number;
  /** Gone from one moment to the next, as with a power cut. */
  kill(): Promise<void>;
  /** Again, under the same port. */
  startAgain(): Promise<void>;
  /** It keeps its connections and says nothing any more. */
  freeze(): void;
  thaw(): void;
}

/** A real `rclone serve webdav`: no hashes, no modification times. */
export async function serveWebdav(
  options: { readonly folder?: string; readonly args?: readonly string[] } = {},
): Promise<RcloneServer> {
  const server = await serve('webdav', options);
  return {
    ...server,
    type: 'webdav',
    options: { url: `http://127.0.0.1:${String(server.port)}/`, user: SERVER_USER },
    secrets: { pass: SERVER_PASSWORD },
  };
}

/** A real `rclone serve sftp`: MD5 and SHA-1 by its shell. */
export async function serveSftp(
  options: { readonly folder?: string; readonly args?: readonly string[] } = {},
): Promise<RcloneServer> {
  const server = await serve('sftp', options);
  return {
    ...server,
    type: 'sftp',
    options: { host: '127.0.0.1', port: String(server.port), user: SERVER_USER },
    secrets: { pass: SERVER_PASSWORD },
  };
}

async function serve(
  protocol: 'webdav' | 'sftp',
  { folder = temporaryFolder(), args = [] }: { folder?: string; args?: readonly string[] },
): Promise<Omit<RcloneServer, 'type' | 'options' | 'secrets'>> {
  const port = await freePort();
  let child: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    const ended = child;
    child = null;
    if (ended?.exitCode !== null || ended.signalCode !== null) return;
    ended.kill('SIGKILL');
    await once(ended, 'exit');
  };
  const startAgain = async (): Promise<void> => {
    let said = '';
    const started = spawn(
      'rclone',
      ['serve', protocol, folder, '--config', '', '--addr', `127.0.0.1:${String(port)}`]
        // What was just removed behind its back is to be gone for it, too.
        .concat('--dir-cache-time', '0s', '--log-level', 'INFO', ...args),
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, RCLONE_USER: SERVER_USER, RCLONE_PASS: SERVER_PASSWORD },
      },
    );
    child = started;
    started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await soon(() => {
      if (/Server started on|SFTP server listening/.test(said)) return;
      throw new Error(`rclone serve ${protocol}: ${said}`);
    });
  };
  onTestFinished(kill);
  await startAgain();
  return {
    folder,
    port,
    kill,
    startAgain,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
}

/** A port of loopback on which nobody listens just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
