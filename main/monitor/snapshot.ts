import type { RecorderStatus } from '@shared/model/recorder';
import type { Alert, HostStatus, ServiceStatus, StationSnapshot } from '@shared/model/station';
import type { Settings } from '@shared/model/settings';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';

export interface SnapshotSources {
  readonly clock: Clock;
  readonly version: string;
  readonly dataDir: string;
  readonly shell: StationSnapshot['station']['shell'];
  readonly demo: boolean;
  /** When the station was started, on both clocks; null while it is not running. */
  readonly started: () => { readonly wallMs: number; readonly monotonicMs: number } | null;
  /** How the last one ended, while no console runs. */
  readonly lastConsole: () => {
    readonly end: NonNullable<StationSnapshot['station']['lastConsole']>['end'];
    readonly wallMs: number;
  } | null;
  readonly settings: () => Settings;
  readonly clockSynced: () => boolean | null;
  readonly recorders: () => RecorderStatus[];
  readonly services: () => ServiceStatus[];
  readonly dataDisk: () => StationSnapshot['dataDisk'];
  readonly host: () => Promise<HostStatus>;
  readonly recordings: () => { readonly total: number; readonly lastIndexedAtMs: number | null };
  readonly alerts: () => Alert[];
}

/** The state of everything, at one moment. */
export async function makeSnapshot(sources: SnapshotSources): Promise<StationSnapshot> {
  const { clock } = sources;
  const { system } = sources.settings();
  const host = await sources.host();
  const started = sources.started();
  const last = started === null ? sources.lastConsole() : null;
  const { total, lastIndexedAtMs } = sources.recordings();
  return {
    at: toInstant(clock.wallMs()),
    station: {
      name: system.station_name,
      version: sources.version,
      dataDir: sources.dataDir,
      running: started !== null,
      shell: started === null ? 'none' : sources.shell,
      demo: sources.demo,
      startedAt: started === null ? null : toInstant(started.wallMs),
      lastConsole: last === null ? null : { end: last.end, at: toInstant(last.wallMs) },
      uptimeS: started === null ? 0 : (clock.monotonicMs() - started.monotonicMs) / 1000,
      timezone: system.timezone,
      language: system.language,
      clockSynced: sources.clockSynced(),
    },
    recorders: sources.recorders(),
    services: sources.services(),
    dataDisk: sources.dataDisk(),
    host,
    recordings: {
      total,
      lastIndexedAt: lastIndexedAtMs === null ? null : toInstant(lastIndexedAtMs),
    },
    alerts: sources.alerts(),
  };
}
