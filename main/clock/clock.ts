/**
 * Time as the station's parts see it, injected everywhere so that tests hold it in their hands.
 * Durations and deadlines use `monotonicMs`; `wallMs` only names instants.
 */
export interface Clock {
  /** UTC milliseconds; may step in either direction. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start; never steps. Comparable between processes of one boot. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once with `false` when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<boolean>;
}
