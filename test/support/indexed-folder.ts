import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Recording, Stream } from '@shared/model/recording';
import type { Clock } from '@main/clock/clock';
import type { Connection } from '@main/database/connection';
import { createEventBus, type EventBus } from '@main/events/bus';
import type { PromotedSegment } from '@main/events/promoted-segment';
import { formatSegmentName } from '@main/files/segment-name';
import { Indexer, type IndexerOptions } from '@main/indexer/indexer';
import { WorkspaceOwners } from '@main/indexer/workspace-owners';
import { LedgerReader } from '@main/recorder/ledger-reader';
import { runFolderAt } from '@main/recorder/run-files';
import { witnessOf } from '@main/recorder/workspace-witness';
import { RecordingSearch } from '@main/recordings/search';
import { FakeClock } from './fake-clock';
import { recordingLogger } from './recording-logger';
import { stationDatabase } from './station-database';
import { temporaryFolder } from './temporary-folder';
import { plainWav } from './wav-bytes';
import { threadUrl } from './threads';

const SHA256_WORKER = threadUrl('sha256-worker');
const HEAD_WORKER = threadUrl('head-worker');
const START_MS = Date.UTC(2026, 4, 1, 12);

export interface SegmentFile {
  readonly workspace?: string;
  readonly stream?: Stream;
  readonly runId?: string;
  readonly sequence?: number;
  readonly startMs?: number;
  /** 48 kHz. */
  readonly frames?: number;
  /** In place of a good WAV file. */
  readonly bytes?: Buffer | string;
  /** In place of the name that follows from the rest. */
  readonly name?: string;
}

export interface IndexedFolder {
  readonly root: string;
  readonly recorderDir: string;
  readonly connection: Connection;
  readonly bus: EventBus;
  readonly clock: Clock & Pick<FakeClock, 'advance'>;
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly indexer: Indexer;
  /** Puts a promoted file where it belongs. @returns its name */
  place(file?: SegmentFile): string;
  /** Tells of a segment as the recorder does. */
  promoted(segment: Partial<PromotedSegment> & { readonly fileName: string }): void;
  /** Leaves what a run leaves of itself. */
  leaveRun(run: {
    workspace?: string;
    runId?: string;
    device?: unknown;
    startedWallMs?: number;
    ledger?: readonly unknown[];
  }): void;
  /** Every row, oldest first. */
  rows(): Recording[];
  /** Another indexer on the same folder, as after a restart. */
  again(options?: Partial<IndexerOptions>): Indexer;
}

/** A data folder with an indexer on it, and as much of a recorder as the indexer sees. */
export function indexedFolder(connection: Connection = stationDatabase()): IndexedFolder {
  const root = temporaryFolder();
  const recorderDir = join(root, 'recorder');
  mkdirSync(recorderDir);
  const bus = createEventBus();
  const clock = new FakeClock();
  const logger = recordingLogger();
  const again = (options: Partial<IndexerOptions> = {}): Indexer => {
    const ledger = new LedgerReader(recorderDir);
    const owners = new WorkspaceOwners({
      connection,
      clock,
      logger,
      witness: (workspace) => witnessOf(recorderDir, workspace, ledger),
    });
    const indexer = new Indexer({
      connection,
      clock,
      bus,
      logger,
      dataRoot: root,
      recorderDir,
      sha256WorkerUrl: SHA256_WORKER,
      headWorkerUrl: HEAD_WORKER,
      pollIntervalS: () => 2,
      ownerOf: (workspace) => owners.ownerOf(workspace),
      segmentFacts: (workspace, runId, sequence) => ledger.segment(workspace, runId, sequence),
      ...options,
    });
    onTestFinished(() => indexer.stop());
    return indexer;
  };
  return {
    root,
    recorderDir,
    connection,
    bus,
    clock,
    logger,
    indexer: again(),
    again,
    place: (file = {}) => {
      const {
        workspace = 'mic',
        stream = 'raw',
        runId = 'aaaaaaaa',
        sequence = 0,
        frames = 480,
      } = file;
      const startMs = file.startMs ?? START_MS;
      const name =
        file.name ?? formatSegmentName({ startMs, durationS: frames / 48_000, runId, sequence });
      const path = join(recorderDir, workspace, 'data', stream, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.bytes ?? plainWav(frames));
      return name;
    },
    promoted: (segment) => {
      bus.emit('segment.promoted', {
        device: 'mic',
        workspace: 'mic',
        runId: 'aaaaaaaa',
        sequence: 0,
        startWallMs: START_MS,
        firstFrame: 0,
        frames: 480,
        sampleRateHz: 48_000,
        clockSynced: null,
        recovered: false,
        streams: { raw: true, processed: false },
        ...segment,
      });
    },
    leaveRun: ({
      workspace = 'mic',
      runId = 'aaaaaaaa',
      device,
      startedWallMs = 0,
      ledger = [],
    }) => {
      const folder = runFolderAt(join(recorderDir, workspace), runId);
      mkdirSync(folder.path, { recursive: true });
      const record = {
        version: 1,
        runId,
        device: device ?? { name: workspace, displayName: workspace, simulated: false },
        config: {
          device: workspace,
          workspace,
          input: { type: 'sweep' },
          sampleRateHz: 48_000,
          channels: 1,
          format: 'S16LE',
          raw: true,
          processed: true,
          live: false,
          gainDb: 0,
          highpassHz: null,
          segmentDurationS: 10,
        },
        configHash: 'of-no-console',
        process: null,
        startedWallMs,
        startedMonotonicMs: 0,
        anchor: null,
        ended: null,
      };
      writeFileSync(folder.recordFile, JSON.stringify(record));
      writeFileSync(
        folder.ledgerFile,
        ledger.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
      );
    },
    rows: () =>
      new RecordingSearch(connection.sqlite).page({
        order: 'oldest_first',
        limit: 1000,
      }).items,
  };
}
