import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../temporary-folder';
import { SERVER_PASSWORD, SERVER_USER } from './rclone-server';
import type { ServedRemote } from './served-remote';

/** What it does in place of what it was asked. */
export type Fault =
  | { readonly kind: 'answers'; readonly status: number; readonly headers?: Record<string, string> }
  /** Reads everything and says nothing any more. */
  | { readonly kind: 'hangs' }
  /** Closes the connection once it has so many bytes of the body. */
  | { readonly kind: 'breaks'; readonly afterBytes: number }
  /** Says that all is well and keeps less than it was given. */
  | { readonly kind: 'truncates'; readonly toBytes: number }
  /** Says that all is well and keeps other bytes, as many. */
  | { readonly kind: 'corrupts' };

export interface FaultRule {
  readonly method: string;
  /** Of the path on the server. */
  readonly path?: RegExp;
  readonly fault: Fault;
  /** Then it is over; absent: never. */
  times?: number;
}

export interface DavServer extends ServedRemote {
  /** The first one that fits holds. */
  readonly faults: FaultRule[];
  /** `METHOD /path` in order of arrival. */
  readonly requests: string[];
  /** Bytes, told as the quota of the account; null: it does not tell. */
  quota: { readonly used: number; readonly free: number } | null;
  /** The password that it takes from now on. */
  password: string;
}

/**
 * A small WebDAV server that does what a test wants, over a real folder. As Nextcloud it tells SHA-1 and MD5 of what it
 * really has, read from the disk at every question.
 */
export async function serveDav({
  vendor = 'other',
}: { vendor?: 'other' | 'nextcloud' } = {}): Promise<DavServer> {
  const folder = temporaryFolder();
  const prefix = vendor === 'nextcloud' ? '/remote.php/dav/files/station' : '';
  const state: DavServer = {
    type: 'webdav',
    options: { url: '', user: SERVER_USER },
    secrets: { pass: SERVER_PASSWORD },
    folder,
    faults: [],
    requests: [],
    quota: null,
    password: SERVER_PASSWORD,
  };
  const server = createServer((request, response) => {
    answer(state, { prefix, hashes: vendor === 'nextcloud' }, request, response).catch(
      (error: unknown) => {
        const code = (error as NodeJS.ErrnoException).code;
        const missing = code === 'ENOENT' || code === 'ENOTDIR';
        if (!response.headersSent) response.writeHead(missing ? 404 : 500);
        response.end();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  state.options.url = `http://127.0.0.1:${String(address.port)}${prefix}/`;
  return state;
}

async function answer(
  state: DavServer,
  { prefix, hashes }: { prefix: string; hashes: boolean },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? '';
  const url = decodeURIComponent(new URL(request.url ?? '/', 'http://stub').pathname);
  state.requests.push(`${method} ${url}`);
  const end = (status: number, headers: Record<string, string> = {}): void => {
    request.resume();
    response.writeHead(status, headers).end();
  };
  const fault = faultFor(state, method, url);
  if (fault?.kind === 'answers') {
    end(fault.status, fault.headers);
    return;
  }
  if (fault?.kind === 'hangs') {
    request.resume();
    return;
  }
  if (fault?.kind === 'breaks') {
    breakOff(request, fault.afterBytes);
    return;
  }
  if (!authorised(state, request)) {
    end(401, { 'www-authenticate': 'Basic realm="x"' });
    return;
  }
  if (!url.startsWith(prefix)) {
    end(404);
    return;
  }
  const path = url.slice(prefix.length).split('/').filter(Boolean);
  if (path.includes('..')) {
    end(400);
    return;
  }
  const file = join(state.folder, ...path);
  // WebDAV's way to say that there is no folder for it.
  const homeless = (method === 'MKCOL' || method === 'PUT') && !existsSync(dirname(file));
  if (homeless) {
    end(409);
    return;
  }
  switch (method) {
    case 'PROPFIND': {
      const xml = await propfind(
        state,
        { file, url, hashes },
        String(request.headers['depth'] ?? '1'),
      );
      request.resume();
      response.writeHead(207, { 'content-type': 'application/xml' }).end(xml);
      return;
    }
    case 'MKCOL':
      await mkdir(file).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      });
      end(201);
      return;
    case 'PUT':
      await pipeline(request, createWriteStream(`${file}.part`));
      if (fault?.kind === 'truncates') await truncate(`${file}.part`, fault.toBytes);
      if (fault?.kind === 'corrupts') await turnBytes(`${file}.part`);
      await rename(`${file}.part`, file);
      end(201);
      return;
    case 'DELETE':
      await stat(file);
      await rm(file, { recursive: true });
      end(204);
      return;
    case 'GET':
      await send(file, request, response);
      return;
    case 'MOVE': {
      const target = new URL(request.headers.destination as string).pathname;
      await rename(file, join(state.folder, decodeURIComponent(target).slice(prefix.length)));
      end(201);
      return;
    }
    default:
      end(405);
      return;
  }
}

function faultFor(state: DavServer, method: string, url: string): Fault | null {
  const rule = state.faults.find(
    ({ method: wanted, path, times }) =>
      wanted === method && (path?.test(url) ?? true) && times !== 0,
  );
  if (rule?.times !== undefined) rule.times -= 1;
  return rule?.fault ?? null;
}

function authorised(state: DavServer, request: IncomingMessage): boolean {
  const expected = Buffer.from(`${SERVER_USER}:${state.password}`).toString('base64');
  return request.headers.authorization === `Basic ${expected}`;
}

function breakOff(request: IncomingMessage, afterBytes: number): void {
  let bytes = 0;
  if (afterBytes === 0) request.socket.destroy();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes >= afterBytes) request.socket.destroy();
  });
  request.on('error', () => undefined);
}

async function turnBytes(file: string): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(file, Buffer.from(bytes.map((byte) => byte ^ 1)));
}

async function send(
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { size } = await stat(file);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = Number(range?.[1] ?? 0);
  const last = range?.[2] === undefined || range[2] === '' ? size - 1 : Number(range[2]);
  const end = Math.min(last, size - 1);
  const headers: Record<string, string> = { 'content-length': String(end - start + 1) };
  if (range !== null) headers['content-range'] = `bytes ${start}-${end}/${size}`;
  response.writeHead(range === null ? 200 : 206, headers);
  if (end < start) response.end();
  else await pipeline(createReadStream(file, { start, end }), response);
}

async function propfind(
  state: DavServer,
  { file, url, hashes }: { file: string; url: string; hashes: boolean },
  depth: string,
): Promise<string> {
  const own = await stat(file);
  const entries = [{ file, url }];
  if (own.isDirectory() && depth === '1') {
    for (const name of await readdir(file)) {
      entries.push({ file: join(file, name), url: `${url.replace(/\/$/, '')}/${name}` });
    }
  }
  const responses: string[] = [];
  for (const entry of entries) responses.push(await properties(state, entry, hashes));
  const names = 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"';
  return `<?xml version="1.0"?><d:multistatus ${names}>${responses.join('')}</d:multistatus>`;
}

async function properties(
  state: DavServer,
  { file, url }: { file: string; url: string },
  hashes: boolean,
): Promise<string> {
  const found = await stat(file);
  const folder = found.isDirectory();
  const path = url.split('/').map(encodeURIComponent).join('/');
  const quota =
    state.quota === null
      ? ''
      : `<d:quota-used-bytes>${state.quota.used}</d:quota-used-bytes>` +
        `<d:quota-available-bytes>${state.quota.free}</d:quota-available-bytes>`;
  const about = folder
    ? `<d:resourcetype><d:collection/></d:resourcetype>${quota}`
    : `<d:resourcetype/><d:getcontentlength>${found.size}</d:getcontentlength>${
        hashes ? await checksums(file) : ''
      }`;
  return (
    `<d:response><d:href>${path}${folder && !path.endsWith('/') ? '/' : ''}</d:href><d:propstat><d:prop>` +
    `<d:getlastmodified>${found.mtime.toUTCString()}</d:getlastmodified>${about}` +
    `</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
  );
}

async function checksums(file: string): Promise<string> {
  const bytes = await readFile(file);
  const of = (name: string): string => createHash(name).update(bytes).digest('hex');
  return `<oc:checksums><oc:checksum>SHA1:${of('sha1')} MD5:${of('md5')}</oc:checksum></oc:checksums>`;
}
