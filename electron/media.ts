import { stat } from 'node:fs/promises';
import type { Stream } from '@shared/model/recording';
import { parseRange } from './byte-range';
import { streamFile } from './file-stream';

/** Where a recording's file lies; null when there is none (any more). */
export type MediaFileLookup = (id: number, stream: Stream) => { path: string } | null;

type MediaAddress =
  | { readonly kind: 'file'; readonly id: number; readonly stream: Stream }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown' };

/** Reads `media://recording/<id>/raw|processed`. */
export function parseMediaAddress(address: string): MediaAddress {
  const url = new URL(address);
  if (url.hostname !== 'recording') return { kind: 'unknown' };
  const [, id = '', stream = '', ...rest] = url.pathname.split('/');
  if (!/^[1-9]\d{0,15}$/.test(id) || !Number.isSafeInteger(Number(id)))
    return { kind: 'malformed' };
  if (rest.length > 0 || (stream !== 'raw' && stream !== 'processed')) return { kind: 'unknown' };
  return { kind: 'file', id: Number(id), stream };
}

/**
 * Answers requests for audio. Files are named by database id only: no path ever comes from the page.
 * Ranges as a player needs them for seeking; nothing is read whole.
 */
export function mediaHandler(lookup: MediaFileLookup): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plain(405, 'Only GET and HEAD.', { Allow: 'GET, HEAD' });
    }
    const address = parseMediaAddress(request.url);
    if (address.kind === 'malformed') return plain(400, 'A recording is named by its number.');
    if (address.kind === 'unknown') return plain(404, 'There is no such thing.');

    const file = lookup(address.id, address.stream);
    const facts = file === null ? null : await stat(file.path).catch(() => null);
    if (file === null || facts === null || !facts.isFile()) {
      return plain(404, 'There is no such recording here.');
    }
    const size = facts.size;
    const headers = {
      'Content-Type': 'audio/wav',
      'Accept-Ranges': 'bytes',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    };
    const range = parseRange(request.headers.get('range'), size);
    if (range.kind === 'unsatisfiable') {
      return plain(416, 'The file is shorter than that.', {
        'Content-Range': `bytes */${String(size)}`,
      });
    }
    const first = range.kind === 'part' ? range.first : 0;
    const last = range.kind === 'part' ? range.last : size - 1;
    const length = last - first + 1;
    const body =
      request.method === 'HEAD' || length === 0
        ? null
        : streamFile(file.path, first, last, request.signal);
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
