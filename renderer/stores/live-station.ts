import type { StationSnapshot } from '@shared/model/station';
import { create } from 'zustand';
import type { Contact } from './freshness';

interface LiveStation {
  readonly snapshot: StationSnapshot | null;
  /** Page-monotonic milliseconds (`performance.now()`). */
  readonly receivedAtMs: number | null;
  readonly listeningSinceMs: number;
  readonly contact: Contact;
  readonly receive: (snapshot: StationSnapshot, nowMs: number) => void;
  readonly lose: () => void;
}

/** What the station said last, and when. Whether it can still be believed is `freshness`. */
export const useLiveStation = create<LiveStation>()((set) => ({
  snapshot: null,
  receivedAtMs: null,
  listeningSinceMs: 0,
  contact: 'connecting',
  receive: (snapshot, nowMs) => {
    set({ snapshot, receivedAtMs: nowMs, contact: 'live' });
  },
  lose: () => {
    set({ contact: 'lost' });
  },
}));
