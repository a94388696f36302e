import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Settings, settingsSchema } from '@shared/model/settings';
import type { Connection } from '@main/database/connection';
import { recordingRemotes, storageRemotes } from '@main/database/schema';
import { createEventBus } from '@main/events/bus';
import { formatSegmentName } from '@main/files/segment-name';
import { BlindRemoval } from '@main/janitor/blind-removal';
import { DeletionHistory } from '@main/janitor/deletion-history';
import { DeletionJournal } from '@main/janitor/deletion-journal';
import type { DiskUsage } from '@main/janitor/disk-usage';
import { InterruptedDeletions } from '@main/janitor/interrupted-deletions';
import { Janitor, type JanitorOptions } from '@main/janitor/janitor';
import { JanitorThread } from '@main/janitor/janitor-thread';
import { Removal, type RemovalOptions } from '@main/janitor/removal';
import { FakeClock } from './fake-clock';
import { recordingLogger } from './recording-logger';
import { ROOMY_DISK } from './roomy-disk';
import { insertDevice, insertRecording } from './sample-rows';
import { stationDatabase } from './station-database';
import { temporaryFolder } from './temporary-folder';
import { threadUrl } from './threads';

const START_MS = Date.UTC(2026, 3, 1);

type RecordingColumns = Parameters<typeof insertRecording>[1];

export interface RetentionFolder {
  readonly root: string;
  readonly connection: Connection;
  readonly clock: FakeClock;
  readonly bus: ReturnType<typeof createEventBus>;
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly journalFile: string;
  readonly journal: DeletionJournal;
  /** Open alerts, by code. */
  readonly alerts: Map<string, string>;
  /** How full the disk is told to be. */
  usage: DiskUsage;
  settings: Settings['processor'];
  /** Why nothing may be removed; null: it may. */
  held: string | null;
  diskIsThere: boolean;
  /** Whatever the indexer was told to forget. */
  readonly forgotten: string[];
  /** Makes a remote. */
  remote(slug?: string, columns?: Partial<typeof storageRemotes.$inferInsert>): void;
  /** A recording with its two files. @param copy its state with remote `nas`; `verified` counts as uploaded */
  recording(
    columns?: Partial<Omit<RecordingColumns, 'device'>> & {
      readonly copy?: (typeof recordingRemotes.$inferInsert)['state'];
      readonly bytes?: number;
    },
  ): { readonly id: number; readonly paths: readonly [string, string] };
  isHere(path: string): boolean;
  row(id: number): {
    local_deleted: 0 | 1;
    local_deleted_reason: string | null;
    missing_file: string | null;
  };
  /** The newest last. */
  deletions(): {
    recording_id: number | null;
    mode: string;
    reason: string;
    safe: 0 | 1 | null;
    explanation: string;
    paths: string;
  }[];
  removal(options?: Partial<RemovalOptions>): Removal;
  interrupted(): InterruptedDeletions;
  janitor(options?: Partial<JanitorOptions>): Janitor;
}

/** A data folder with recordings and whatever makes room in it, on a real database and real files. */
export function retentionFolder(
  root: string = temporaryFolder(),
  connection: Connection = stationDatabase(),
): RetentionFolder {
  insertDevice(connection, 'mic');
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const journalFile = join(root, 'deletions.journal');
  const journal = new DeletionJournal(journalFile);
  const alerts = new Map<string, string>();
  let count = 0;
  const deleting = {
    connection,
    clock,
    logger,
    dataRoot: root,
    journal,
    diskIsThere: () => Promise.resolve(folder.diskIsThere),
    alone: (work: () => Promise<void>) => work(),
    forget: (paths: readonly string[]) => {
      folder.forgotten.push(...paths);
    },
    held: () => folder.held,
  };
  const folder: RetentionFolder = {
    root,
    connection,
    clock,
    bus,
    logger,
    journalFile,
    journal,
    alerts,
    usage: ROOMY_DISK,
    settings: settingsSchema.parse({}).processor,
    held: null,
    diskIsThere: true,
    forgotten: [],
    remote: (slug = 'nas', columns = {}) => {
      const fresh = { slug, name: slug, type: 'local' as const, options: {}, createdAtMs: 0 };
      connection.db
        .insert(storageRemotes)
        .values({ ...fresh, ...columns })
        .run();
    },
    recording: ({ copy, bytes = 10_000, ...columns } = {}) => {
      count += 1;
      const timeMs = columns.timeMs ?? START_MS + count * 10_000;
      const name = formatSegmentName({
        startMs: timeMs,
        durationS: 10,
        runId: 'aaaaaaaa',
        sequence: count,
      });
      const paths = [
        `recorder/mic/data/raw/${name}`,
        `recorder/mic/data/processed/${name}`,
      ] as const;
      for (const path of paths) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), Buffer.alloc(bytes));
      }
      const id = insertRecording(connection, {
        device: 'mic',
        timeMs,
        rawPath: paths[0],
        rawSizeBytes: bytes,
        processedPath: paths[1],
        processedSizeBytes: bytes,
        uploaded: copy === 'verified',
        ...columns,
      });
      if (copy !== undefined) {
        connection.db
          .insert(recordingRemotes)
          .values({
            recordingId: id,
            remoteSlug: 'nas',
            path: `${String(id)}.flac`,
            state: copy,
            nextAttemptAtMs: 0,
          })
          .run();
      }
      return { id, paths };
    },
    isHere: (path) => existsSync(join(root, path)),
    row: (id) =>
      connection.sqlite
        .prepare(
          'select local_deleted, local_deleted_reason, missing_file from recordings where id = ?',
        )
        .get(id) as ReturnType<RetentionFolder['row']>,
    deletions: () =>
      connection.sqlite.prepare('select * from deletions order by id').all() as ReturnType<
        RetentionFolder['deletions']
      >,
    removal: (options = {}) =>
      new Removal({
        ...deleting,
        inUse: () => false,
        forceCommits: () => Promise.resolve(),
        ...options,
      }),
    interrupted: () => new InterruptedDeletions(deleting),
    janitor: (options = {}) => {
      const janitor = new Janitor({
        clock,
        bus,
        logger,
        alerts: {
          raise: (code, _, evidence) => alerts.set(code, evidence),
          clear: (code) => alerts.delete(code),
        },
        thread: new JanitorThread(threadUrl('janitor-worker'), connection.sqlite.name),
        removal: folder.removal(),
        interrupted: folder.interrupted(),
        blind: new BlindRemoval(deleting),
        history: new DeletionHistory(connection),
        settings: () => folder.settings,
        timezone: () => 'UTC',
        workers: () => [],
        held: () => folder.held,
        clockTrusted: () => true,
        measure: () => Promise.resolve(folder.usage),
        onDatabaseTrouble: () => undefined,
        ...options,
      });
      onTestFinished(() => janitor.stop());
      return janitor;
    },
  };
  return folder;
}
