import type { Transfer } from '@shared/model/upload';
import { useEffect, useState } from 'react';
import { backoffMs, pause } from '../app/follow-station';
import { useStation } from '../app/station-context';

/** What moves to and from the remotes just now; null: not heard of yet, or not any more. */
export function useTransfers(): readonly Transfer[] | null {
  const { client } = useStation();
  const [transfers, setTransfers] = useState<readonly Transfer[] | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const over = (): boolean => signal.aborted;
    const follow = async (): Promise<void> => {
      for (let attempt = 0; !over(); attempt += 1) {
        try {
          for await (const now of await client.uploads.watch(undefined, { signal })) {
            attempt = 0;
            // Most of the time nothing moves, and nothing needs to be drawn anew for it.
            setTransfers((before) => (before?.length === 0 && now.length === 0 ? before : now));
          }
        } catch {
          // The channel was lost: asked for again below.
        }
        if (!over()) setTransfers(null);
        await pause(backoffMs(attempt), signal);
      }
    };
    void follow();
    return () => {
      leaving.abort();
    };
  }, [client]);
  return transfers;
}
