import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Settings } from '@shared/model/settings';
import { settingsSchema } from '@shared/model/settings';
import { Analysis, type AnalysisOptions } from '@main/analysis/analysis';
import { AssetMaking } from '@main/analysis/asset-making';
import { AssetStore } from '@main/analysis/asset-store';
import { AssetThread } from '@main/analysis/asset-thread';
import { CustomWorker } from '@main/analysis/custom-worker';
import { DetectionStore } from '@main/analysis/detection-store';
import { JobQueue } from '@main/analysis/job-queue';
import { runCommand } from '@main/analysis/run-command';
import type { Clock } from '@main/clock/clock';
import { systemClock } from '@main/clock/system-clock';
import type { Connection } from '@main/database/connection';
import { createEventBus, type EventBus } from '@main/events/bus';
import { recordingLogger } from './recording-logger';
import { insertDevice, insertRecording } from './sample-rows';
import { stationDatabase } from './station-database';
import { temporaryFolder } from './temporary-folder';
import { plainWav } from './wav-bytes';
import { threadUrl } from './threads';

const ASSET_WORKER = threadUrl('asset-worker');

export interface AnalysedFolder {
  readonly root: string;
  readonly connection: Connection;
  readonly bus: EventBus;
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly analysis: Analysis;
  readonly store: AssetStore;
  readonly settings: { analysis: Settings['analysis']; budgetMb: number };
  /** Alerts that are open, by subject. */
  readonly alerts: Map<string, string>;
  /** Puts a sound of ffmpeg's where a recording's is, with its row. @returns the row's number */
  record(sound?: RecordedSound): number;
  /** The whole row of `analysis_state`. */
  stateOf(id: number): Record<string, { state: string; version: string; detail: string }>;
}

export interface RecordedSound {
  /** Of ffmpeg's lavfi; without it (and with one channel of 16 bit) a sound that does not move. */
  readonly source?: string;
  readonly rate?: number;
  readonly codec?: string;
  readonly channels?: number;
  readonly seconds?: number;
  readonly timeMs?: number;
  /** In place of a sound. */
  readonly bytes?: Buffer | string;
  /** A row without a file. */
  readonly missing?: boolean;
  readonly name?: string;
}

let count = 0;

/** A data folder with an analysis on it that is not started; everything in it is real. */
export function analysedFolder(
  options: Partial<AnalysisOptions> & { clock?: Clock } = {},
): AnalysedFolder {
  const root = temporaryFolder();
  const connection = options.connection ?? stationDatabase();
  const bus = createEventBus();
  const logger = recordingLogger();
  const clock = options.clock ?? systemClock;
  const settings = {
    analysis: settingsSchema.parse({}).analysis,
    budgetMb: 100,
  };
  const store = new AssetStore({
    connection,
    clock,
    dataRoot: root,
    budgetMb: () => settings.budgetMb,
  });
  const maker = new AssetThread(ASSET_WORKER);
  const alerts = new Map<string, string>();
  const making = (kind: 'peaks' | 'spectrogram'): AssetMaking =>
    new AssetMaking({
      kind,
      enabled: () => settings.analysis[`${kind}_enabled`],
      maker,
      store,
      clock,
    });
  const custom = new CustomWorker({
    settings: () => settings.analysis,
    detections: new DetectionStore(connection),
    run: runCommand,
    clock,
  });
  const analysis = new Analysis({
    connection,
    clock,
    bus,
    logger,
    queue: new JobQueue({ connection, dataRoot: root, me: `analysis ${String(count++)}` }),
    store,
    lanes: [[making('peaks'), making('spectrogram')], [custom]],
    permission: () => ({ may: 'everything', why: '' }),
    close: () => maker.close(),
    alerts: {
      raise: (code, _level, evidence, subject) => alerts.set(`${code} ${subject}`, evidence),
      clear: (code, subject) => alerts.delete(`${code} ${subject}`),
    },
    ...options,
  });
  onTestFinished(() => analysis.stop());
  insertDevice(connection, 'mic');
  return {
    root,
    connection,
    bus,
    logger,
    analysis,
    store,
    settings,
    alerts,
    record: (sound = {}) => {
      const { rate = 48_000, seconds = 1, channels = 1, missing = false } = sound;
      const rawPath = `recorder/mic/data/raw/${sound.name ?? `${String(count++)}.wav`}`;
      const path = join(root, rawPath);
      mkdirSync(dirname(path), { recursive: true });
      const plain = sound.source === undefined && sound.codec === undefined && channels === 1;
      const bytes = sound.bytes ?? (plain ? plainWav(Math.round(seconds * rate), rate) : null);
      if (missing) rmSync(path, { force: true });
      else if (bytes !== null) writeFileSync(path, bytes);
      else makeSound(path, { ...sound, rate, seconds, channels });
      return insertRecording(connection, {
        device: 'mic',
        rawPath,
        timeMs: sound.timeMs ?? Date.UTC(2026, 4, 1) + count++,
        durationS: seconds,
        rawSampleRateHz: rate,
        rawChannels: channels,
      });
    },
    stateOf: (id) =>
      JSON.parse(
        connection.sqlite
          .prepare('select analysis_state from recordings where id = ?')
          .pluck()
          .get(id) as string,
      ) as ReturnType<AnalysedFolder['stateOf']>,
  };
}

function makeSound(
  path: string,
  sound: RecordedSound & { rate: number; seconds: number; channels: number },
): void {
  const { source = 'sine=frequency=1000', rate, seconds, channels, codec = 'pcm_s16le' } = sound;
  execFileSync('ffmpeg', [
    ...['-loglevel', 'error', '-f', 'lavfi', '-i', `${source}:sample_rate=${String(rate)}`],
    ...['-t', String(seconds), '-ac', String(channels), '-c:a', codec, path],
  ]);
}
