import { randomUUID } from 'node:crypto';
import { Analysis } from '../analysis/analysis';
import { AssetMaking } from '../analysis/asset-making';
import { AssetStore } from '../analysis/asset-store';
import { AssetThread } from '../analysis/asset-thread';
import { CustomWorker } from '../analysis/custom-worker';
import { DetectionStore } from '../analysis/detection-store';
import { JobQueue } from '../analysis/job-queue';
import { LossWatch } from '../analysis/loss-watch';
import { permissionOf } from '../analysis/permission';
import { runCommand } from '../analysis/run-command';
import type { Base } from './base';
import type { Recording } from './recording';

/** Waveforms, pictures, and whatever the user's own command hears. */
export function composeAnalysis(base: Base, recording: Recording): Analysis {
  const { foundation, connection, bus, log, settings, alerts, dataDisk } = base;
  const { options, clock, folder } = foundation;
  const wishes = () => settings.get().analysis;
  const store = new AssetStore({
    connection,
    clock,
    dataRoot: folder.root,
    budgetMb: () => settings.get().library.derived_assets_mb,
  });
  const maker = new AssetThread(options.assetWorkerUrl);
  const losses = new LossWatch(() => recording.recorders.statuses());
  return new Analysis({
    connection,
    clock,
    bus,
    logger: log.logger('analysis'),
    queue: new JobQueue({ connection, dataRoot: folder.root, me: randomUUID() }),
    store,
    lanes: [
      [
        new AssetMaking({
          kind: 'peaks',
          enabled: () => wishes().peaks_enabled,
          maker,
          store,
          clock,
        }),
        new AssetMaking({
          kind: 'spectrogram',
          enabled: () => wishes().spectrogram_enabled,
          maker,
          store,
          clock,
        }),
      ],
      [
        new CustomWorker({
          settings: wishes,
          detections: new DetectionStore(connection),
          run: runCommand,
          clock,
        }),
      ],
    ],
    permission: () =>
      permissionOf({
        diskUsable: dataDisk.usable(),
        lossAgoMs: losses.lossAgoMs(clock.monotonicMs()),
        loadPerCore: base.loadPerCore(),
      }),
    close: () => maker.close(),
    alerts,
  });
}
