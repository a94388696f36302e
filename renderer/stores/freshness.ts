/** `lost`: the stream ended or went silent and has not come back yet. */
export type Contact = 'connecting' | 'live' | 'lost';

/** The station sends a snapshot at least every 5 s, so nothing for 10 s is silence. */
export const STALE_AFTER_MS = 10_000;
/** When the stream is known to have ended, what it said last is not believed much longer. */
export const STALE_AFTER_LOSS_MS = 2_000;
/** How long a page that has never heard the station shows skeletons before it says so. */
export const GIVE_UP_WAITING_MS = 8_000;

export interface Freshness {
  /** Nothing was ever received. */
  readonly waiting: boolean;
  readonly stale: boolean;
  /** Milliseconds since the station was last heard, or since the page began to listen. */
  readonly ageMs: number;
}

/**
 * How far the last snapshot can be believed. All times are the page's monotonic milliseconds: the wall
 * clock of a station is stepped, and a stepped clock must not make old data look fresh.
 */
export function freshness(
  heard: {
    readonly contact: Contact;
    readonly receivedAtMs: number | null;
    readonly listeningSinceMs: number;
  },
  nowMs: number,
): Freshness {
  if (heard.receivedAtMs === null) {
    const ageMs = Math.max(0, nowMs - heard.listeningSinceMs);
    return { waiting: true, stale: ageMs > GIVE_UP_WAITING_MS, ageMs };
  }
  const ageMs = Math.max(0, nowMs - heard.receivedAtMs);
  const limit = heard.contact === 'lost' ? STALE_AFTER_LOSS_MS : STALE_AFTER_MS;
  return { waiting: false, stale: ageMs > limit, ageMs };
}
