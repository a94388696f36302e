import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** What the page may do, as a header on everything that it loads. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: media:",
  'media-src media:',
  "connect-src 'self' media:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

export function mediaTypeOf(path: string): string {
  return MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

/**
 * Answers requests for the page's files below `root`. A request is looked up in a list of the folder, so no
 * address, however it is written, can name anything outside of it. The list is made anew when something is not
 * in it: the folder may have been replaced by an update.
 */
export function pageFilesHandler(
  root: string,
  origin: string,
): (request: Request) => Promise<Response> {
  let files: ReadonlyMap<string, string> = new Map();

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405);
    const url = new URL(request.url);
    if (`${url.protocol}//${url.host}` !== origin) return refusal(404);
    const path = decoded(url.pathname);
    if (path === null) return refusal(400);
    const wanted = path === '/' ? '/index.html' : path;
    if (!files.has(wanted)) {
      const listed = await listFiles(root).catch(() => null);
      if (listed === null) return Response.error();
      files = listed;
    }
    const file = files.get(wanted);
    if (file === undefined) return refusal(404);
    const content = await readFile(file).catch(() => null);
    if (content === null) return refusal(404);
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(content), {
      status: 200,
      headers: {
        ...SECURITY_HEADERS,
        'Content-Type': mediaTypeOf(file),
        'Content-Length': String(content.byteLength),
      },
    });
  };
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}

function refusal(status: number): Response {
  return new Response(String(status), {
    status,
    headers: { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' },
  });
}

/** Every regular file below `folder`, by its address. */
async function listFiles(folder: string, address = ''): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const at = `${address}/${entry.name}`;
    if (entry.isFile()) found.set(at, path);
    else if (entry.isDirectory()) {
      for (const [inner, file] of await listFiles(path, at)) found.set(inner, file);
    }
  }
  return found;
}
