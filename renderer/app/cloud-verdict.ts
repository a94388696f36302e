import type { Remote } from '@shared/model/remote';

type RemoteState = Remote['state'];

export type CloudVerdict =
  | { readonly kind: 'unknown' | 'none' | 'off' }
  | {
      /** From bad to good. */
      readonly kind: 'attention' | 'paused' | 'waiting' | 'uploading' | 'synced';
      /** Recordings that wait, over all remotes. */
      readonly waiting: number;
      /** When nothing waits any more for any of them; null: not foreseeable. */
      readonly caughtUpAt: string | null;
    };

const ATTENTION: readonly RemoteState[] = ['refused', 'full', 'offline'];

type Known = Pick<Remote, 'state' | 'waiting' | 'caughtUpAt'>;

/** The cloud in one word: as bad as the worst of the remotes. `remotes` undefined: not heard of yet. */
export function cloudVerdict(remotes: readonly Known[] | undefined): CloudVerdict {
  if (remotes === undefined) return { kind: 'unknown' };
  if (remotes.length === 0) return { kind: 'none' };
  if (remotes.every(({ state }) => state === 'off')) return { kind: 'off' };
  const waiting = remotes.reduce((sum, remote) => sum + remote.waiting, 0);
  const has = (...states: readonly RemoteState[]): boolean =>
    remotes.some(({ state }) => states.includes(state));
  return {
    kind: has(...ATTENTION)
      ? 'attention'
      : has('uploading')
        ? 'uploading'
        : has('waiting_for_window', 'resting')
          ? 'waiting'
          : has('paused')
            ? 'paused'
            : waiting > 0
              ? 'waiting'
              : 'synced',
    waiting,
    caughtUpAt: lastOf(remotes.filter(({ waiting: count }) => count > 0)),
  };
}

function lastOf(behind: readonly Known[]): string | null {
  const times = behind.map(({ caughtUpAt }) => caughtUpAt);
  return times.reduce<string | null>(
    (last, time) => (last === null || time === null ? null : time > last ? time : last),
    times[0] ?? null,
  );
}
