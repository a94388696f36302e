/** A stretch of time in UTC milliseconds: `fromMs` inside, `toMs` not. */
export interface MsSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The same time in order, without overlaps; what lies no further apart than `toleranceMs` is joined. */
export function union(spans: readonly MsSpan[], toleranceMs = 0): MsSpan[] {
  const ordered = spans
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .sort((a, b) => a.fromMs - b.fromMs);
  const joined: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of ordered) {
    const last = joined.at(-1);
    if (last !== undefined && fromMs - last.toMs <= toleranceMs) {
      last.toMs = Math.max(last.toMs, toMs);
    } else joined.push({ fromMs, toMs });
  }
  return joined;
}

/** What lies in both. Both must be in order and without overlaps, as `union` makes them. */
export function intersection(a: readonly MsSpan[], b: readonly MsSpan[]): MsSpan[] {
  const both: MsSpan[] = [];
  let [i, j] = [0, 0];
  for (let left = a[i], right = b[j]; left !== undefined && right !== undefined;) {
    const fromMs = Math.max(left.fromMs, right.fromMs);
    const toMs = Math.min(left.toMs, right.toMs);
    if (toMs > fromMs) both.push({ fromMs, toMs });
    if (left.toMs < right.toMs) left = a[(i += 1)];
    else right = b[(j += 1)];
  }
  return both;
}

/** What lies in `a` and not in `b`. Both in order and without overlaps. */
export function difference(a: readonly MsSpan[], b: readonly MsSpan[]): MsSpan[] {
  const rest: MsSpan[] = [];
  let j = 0;
  for (const { fromMs, toMs } of a) {
    let atMs = fromMs;
    while ((b[j]?.toMs ?? Infinity) <= fromMs) j += 1;
    for (let k = j; atMs < toMs; k += 1) {
      const taken = b[k];
      if (taken === undefined || taken.fromMs >= toMs) break;
      if (taken.fromMs > atMs) rest.push({ fromMs: atMs, toMs: taken.fromMs });
      atMs = Math.max(atMs, taken.toMs);
    }
    if (atMs < toMs) rest.push({ fromMs: atMs, toMs });
  }
  return rest;
}

export function clip(spans: readonly MsSpan[], { fromMs, toMs }: MsSpan): MsSpan[] {
  return spans
    .map((span) => ({ fromMs: Math.max(span.fromMs, fromMs), toMs: Math.min(span.toMs, toMs) }))
    .filter((span) => span.toMs > span.fromMs);
}

export function lengthMs(spans: readonly MsSpan[]): number {
  return spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}
