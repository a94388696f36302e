import { stat } from 'node:fs/promises';
import type { AssetKind } from '@shared/model/analysis';
import type { Stream } from '@shared/model/recording';
import { parseRange } from './byte-range';
import { streamFile } from './file-stream';
import { PAGE_ORIGIN } from './page-address';
import { patched, slowdownIn, slowedHeader } from './slowed-sound';

/** Where files lie; null when there is none (any more). */
export interface MediaFiles {
  recording(id: number, stream: Stream): { path: string } | null;
  /** What is made of a recording to look at. */
  asset(id: number, kind: AssetKind): { path: string } | null;
}

type MediaAddress =
  | { readonly kind: 'recording'; readonly id: number; readonly what: Stream }
  | { readonly kind: 'asset'; readonly id: number; readonly what: AssetKind }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown' };

const STREAM_TYPE: Readonly<Record<Stream, string>> = { raw: 'audio/wav', processed: 'audio/wav' };
const ASSET_TYPE: Readonly<Record<AssetKind, string>> = {
  peaks: 'application/octet-stream',
  spectrogram: 'image/png',
};

/** Reads `media://recording/<id>/raw|processed` (`?slow=10` or `20`: played so many times slower) and `media://asset/<id>/peaks|spectrogram`. */
export function parseMediaAddress(address: string): MediaAddress {
  const url = new URL(address);
  const { hostname } = url;
  if (hostname !== 'recording' && hostname !== 'asset') return { kind: 'unknown' };
  const [, id = '', what = '', ...rest] = url.pathname.split('/');
  if (!/^[1-9]\d{0,15}$/.test(id) || !Number.isSafeInteger(Number(id)))
    return { kind: 'malformed' };
  if (rest.length > 0) return { kind: 'unknown' };
  if (hostname === 'recording' && isKeyOf(what, STREAM_TYPE))
    return { kind: 'recording', id: Number(id), what };
  if (hostname === 'asset' && isKeyOf(what, ASSET_TYPE))
    return { kind: 'asset', id: Number(id), what };
  return { kind: 'unknown' };
}

function isKeyOf<Key extends string>(
  text: string,
  names: Readonly<Record<Key, string>>,
): text is Key {
  return Object.hasOwn(names, text);
}

/**
 * Answers requests for audio and for what is made of it. Files are named by database id only: no path ever comes
 * from the page. Ranges as a player needs them for seeking; nothing is read whole.
 */
export function mediaHandler(files: MediaFiles): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plain(405, 'Only GET and HEAD.', { Allow: 'GET, HEAD' });
    }
    const address = parseMediaAddress(request.url);
    if (address.kind === 'malformed') return plain(400, 'A recording is named by its number.');
    if (address.kind === 'unknown') return plain(404, 'There is no such thing.');

    const file =
      address.kind === 'recording'
        ? files.recording(address.id, address.what)
        : files.asset(address.id, address.what);
    const facts = file === null ? null : await stat(file.path).catch(() => null);
    if (file === null || facts === null || !facts.isFile()) {
      return plain(404, 'There is no such recording here.');
    }
    const size = facts.size;
    const headers = {
      'Content-Type':
        address.kind === 'asset' ? ASSET_TYPE[address.what] : STREAM_TYPE[address.what],
      // The page is of another origin: without it Chromium would keep the bytes from it.
      'Access-Control-Allow-Origin': PAGE_ORIGIN,
      'Accept-Ranges': 'bytes',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    };
    const slowdown = address.kind === 'recording' ? slowdownIn(request.url) : null;
    if (slowdown === 'unknown') return plain(404, 'Sound is slowed ten or twenty times.');
    const patch = slowdown === null ? null : await slowedHeader(file.path, size, slowdown);
    if (slowdown !== null && patch === null) return plain(404, 'There is no header to be changed.');
    const range = parseRange(request.headers.get('range'), size);
    if (range.kind === 'unsatisfiable') {
      return plain(416, 'The file is shorter than that.', {
        'Content-Range': `bytes */${String(size)}`,
      });
    }
    const first = range.kind === 'part' ? range.first : 0;
    const last = range.kind === 'part' ? range.last : size - 1;
    const length = last - first + 1;
    const bytes =
      request.method === 'HEAD' || length === 0
        ? null
        : streamFile(file.path, first, last, request.signal);
    const body = bytes === null || patch === null ? bytes : patched(bytes, first, patch);
    if (range.kind === 'whole') {
      return new Response(body, {
        status: 200,
        headers: { ...headers, 'Content-Length': String(length) },
      });
    }
    return new Response(body, {
      status: 206,
      headers: {
        ...headers,
        'Content-Length': String(length),
        'Content-Range': `bytes ${String(first)}-${String(last)}/${String(size)}`,
      },
    });
  };
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    status,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
  });
}
