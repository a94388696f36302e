import type { CloudFailure, Remote, RemoteState } from '@shared/model/remote';
import { toInstant } from '@shared/model/time';
import type { Figures } from './remote-figures';
import type { RemoteRow } from './remote-rows';

/** What whoever uploads says of a remote just now. */
export interface RemoteActivity {
  readonly state: RemoteState;
  /** UTC milliseconds. */
  readonly sinceMs: number;
  readonly untilMs: number | null;
  /** One English sentence, or nothing. */
  readonly detail: string;
  readonly bytesPerS: number;
  /** Since it is looked after; also what is no upload, and in no history. */
  readonly lastFailure: CloudFailure | null;
}

const STOPPED: Readonly<Record<NonNullable<RemoteRow['stoppedFor']>, RemoteState>> = {
  pause: 'paused',
  refused: 'refused',
  full: 'full',
};

const NOT_SERVED = { state: 'off', sinceMs: 0, untilMs: null, detail: '', bytesPerS: 0 } as const;

/** A remote as it is told. Pure. */
export function remoteView(
  row: RemoteRow,
  figures: Figures,
  activity: RemoteActivity | null,
): Remote {
  const { stoppedFor, windowStartHour, windowEndHour } = row;
  const now: Omit<RemoteActivity, 'lastFailure'> =
    stoppedFor === null
      ? (activity ?? NOT_SERVED)
      : {
          state: STOPPED[stoppedFor],
          sinceMs: row.stoppedAtMs ?? row.createdAtMs,
          untilMs: stoppedFor === 'full' ? (activity?.untilMs ?? null) : null,
          detail: row.stoppedDetail,
          bytesPerS: 0,
        };
  const { caughtUpAtMs } = figures;
  const moves = now.state !== 'paused' && now.state !== 'off' && now.state !== 'refused';
  return {
    slug: row.slug,
    name: row.name,
    type: row.type,
    options: row.options,
    basePath: row.basePath,
    bandwidthLimit: row.bandwidthLimit,
    window:
      windowStartHour === null || windowEndHour === null
        ? null
        : { startHour: windowStartHour, endHour: windowEndHour },
    secrets: row.secretNames,
    seeded: row.seeded,
    createdAt: toInstant(row.createdAtMs),
    capabilities: row.capabilities,
    state: now.state,
    // Nobody looked after it yet.
    since: toInstant(now.sinceMs === 0 ? row.createdAtMs : now.sinceMs),
    until: now.untilMs === null ? null : toInstant(now.untilMs),
    detail: now.detail,
    waiting: figures.waiting,
    failed: figures.failed,
    givenUp: figures.givenUp,
    verified: figures.verified,
    bytesPerS: now.bytesPerS,
    lastUploadAt: figures.lastUploadAtMs === null ? null : toInstant(figures.lastUploadAtMs),
    lastFailure: lastFailureOf(row, [figures.lastFailure, activity?.lastFailure ?? null]),
    caughtUpAt: moves && caughtUpAtMs !== null ? toInstant(caughtUpAtMs) : null,
  };
}

/** What stopped it may have been no upload: then the history does not know of it. */
function lastFailureOf(
  { stoppedFor, stoppedAtMs, stoppedDetail: detail }: RemoteRow,
  known: readonly (CloudFailure | null)[],
): CloudFailure | null {
  const failures = known.filter((failure) => failure !== null);
  if (stoppedFor !== null && stoppedFor !== 'pause' && stoppedAtMs !== null) {
    const code = stoppedFor === 'full' ? 'QUOTA' : 'AUTH';
    failures.push({ code, detail, at: toInstant(stoppedAtMs) });
  }
  return failures.reduce<CloudFailure | null>(
    (latest, one) => (latest === null || one.at > latest.at ? one : latest),
    null,
  );
}
