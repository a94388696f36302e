/** A stretch of time in UTC milliseconds: `fromMs` is inside, `toMs` is not. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What of `spans` lies between two instants: sorted, with those that touch or overlap made one. */
export function mergedWithin(spans: Iterable<Span>, fromMs: number, toMs: number): Span[] {
  const sorted = [...spans]
    .map((span) => ({ fromMs: Math.max(span.fromMs, fromMs), toMs: Math.min(span.toMs, toMs) }))
    .filter((span) => span.toMs > span.fromMs)
    .sort((a, b) => a.fromMs - b.fromMs);
  const merged: { fromMs: number; toMs: number }[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || span.fromMs > last.toMs) merged.push({ ...span });
    else last.toMs = Math.max(last.toMs, span.toMs);
  }
  return merged;
}
