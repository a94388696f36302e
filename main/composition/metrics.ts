import type { JanitorStatus } from '@shared/model/janitor';
import type { Remote } from '@shared/model/remote';
import type { StationSnapshot } from '@shared/model/station';
import { DeletionTally } from '../metrics/deletion-tally';
import { GapTally } from '../metrics/gap-tally';
import { MetricsEndpoint } from '../metrics/metrics-endpoint';
import { recorderFamilies } from '../metrics/recorder-families';
import { remoteFamilies } from '../metrics/remote-families';
import { serviceFamilies } from '../metrics/service-families';
import { SoundTally } from '../metrics/sound-tally';
import { stationFamilies } from '../metrics/station-families';
import { StationMetrics } from '../metrics/station-metrics';
import { databaseFamilies, janitorFamilies } from '../metrics/storage-families';
import { UploadTally } from '../metrics/upload-tally';
import type { Service } from '../service';
import type { DatabaseUpkeep } from '../upkeep/database-upkeep';
import type { Base } from './base';

export interface MetricsSources {
  /** With a measurement of the computer that nobody else asks for: the processor is told since the last time. */
  readonly snapshot: () => Promise<StationSnapshot>;
  readonly remotes: { all(): Remote[] };
  readonly janitor: { janitorStatus(): Promise<JanitorStatus> };
  readonly database: Pick<DatabaseUpkeep, 'describe'>;
}

/** What an operator of many stations plots, for Prometheus. */
export function composeMetrics(base: Base, sources: MetricsSources): Service {
  const { foundation, connection, bus, log, settings } = base;
  const { clock } = foundation;
  const logger = log.logger('metrics');
  const sound = new SoundTally(bus);
  const gaps = new GapTally(connection, clock);
  const uploads = new UploadTally(connection);
  const deletions = new DeletionTally(connection);
  const metrics = new StationMetrics({
    clock,
    logger,
    collectors: [
      {
        name: 'station',
        collect: async () => {
          const snapshot = await sources.snapshot();
          const devices = snapshot.recorders.map(({ device }) => device);
          return [
            ...stationFamilies(snapshot),
            ...serviceFamilies(snapshot.services),
            ...recorderFamilies(snapshot.recorders),
            ...sound.families(devices),
          ];
        },
      },
      { name: 'gaps', collect: () => gaps.families() },
      {
        name: 'janitor',
        collect: async () => janitorFamilies(await sources.janitor.janitorStatus()),
      },
      { name: 'deletions', collect: () => deletions.families() },
      {
        name: 'database',
        collect: async () => databaseFamilies(await sources.database.describe()),
      },
      {
        name: 'remotes',
        collect: async () => {
          const remotes = sources.remotes.all();
          return [
            ...remoteFamilies(remotes),
            ...(await uploads.families(remotes.map(({ slug }) => slug))),
          ];
        },
      },
    ],
  });
  return new MetricsEndpoint({
    clock,
    bus,
    logger,
    settings: () => settings.get().monitoring,
    metrics,
  });
}
