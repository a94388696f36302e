export type ByteRange =
  | { readonly kind: 'whole' }
  /** Both ends inclusive. */
  | { readonly kind: 'part'; readonly first: number; readonly last: number }
  | { readonly kind: 'unsatisfiable' };

/**
 * Reads a `Range` header (RFC 9110 §14) for something of `sizeBytes`. What is malformed, in another unit or
 * asks for several parts is answered with the whole, as the RFC allows.
 */
export function parseRange(header: string | null, sizeBytes: number): ByteRange {
  const match = header === null ? null : /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header);
  if (match === null) return { kind: 'whole' };
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return { kind: 'whole' };

  if (from === '') {
    const length = Math.min(Number(to), sizeBytes);
    if (length === 0) return { kind: 'unsatisfiable' };
    return { kind: 'part', first: sizeBytes - length, last: sizeBytes - 1 };
  }
  const first = Number(from);
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (to !== '' && Number(to) < first) return { kind: 'whole' };
  if (first >= sizeBytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', first, last };
}
