import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { formatSegmentName } from '@main/files/segment-name';
import type { Indexer } from '@main/indexer/indexer';
import { RetimableRuns } from '@main/recorder/retimable-runs';
import {
  appendToLedger,
  readRunRecord,
  runFolderAt,
  type RunRecord,
  writeRunRecord,
} from '@main/recorder/run-files';
import { type Disk, realDisk } from '@main/retiming/disk';
import type { RunArchive } from '@main/retiming/run-archive';
import { Retimer, type RetimerOptions } from '@main/retiming/retimer';
import type { FakeClock } from './fake-clock';
import { type IndexedFolder, indexedFolder } from './indexed-folder';
import { insertDevice } from './sample-rows';
import { plainWav } from './wav-bytes';
import { type WatchedClock, watchedClock } from './watched-clock';

const RATE = 1000;
export const SEGMENT_FRAMES = 2000;
const STREAMS = ['raw', 'processed'] as const;

/** One segment as it really was. */
export interface TrueSegment {
  readonly runId: string;
  readonly sequence: number;
  /** When it really began, UTC milliseconds. */
  readonly trueMs: number;
  /** A mark in its sound, so that its file is told from any other. */
  readonly mark: number;
  deleted: boolean;
}

export interface RetimedWorld {
  readonly folder: IndexedFolder;
  readonly watched: WatchedClock;
  readonly clock: FakeClock;
  readonly segments: TrueSegment[];
  readonly archive: RunArchive;
  indexer: Indexer;
  retimer: Retimer;
  /** The clock is set wrong by so much, and the system says that it is not synchronised. */
  setWrong(errorMs: number): Promise<void>;
  /** The network comes: the clock is set right, and the system says so. */
  synchronise(): Promise<void>;
  /** Time that passes while nothing is recorded. */
  pass(ms: number): Promise<void>;
  /** A capture begins; the one before it ends. */
  begin(options?: { synced?: boolean | null; bootId?: string }): Promise<string>;
  /** The running capture closes so many segments. */
  record(segments?: number): Promise<void>;
  end(): Promise<void>;
  /** Makes rows of what was recorded, and gives them their hashes. */
  index(): Promise<void>;
  /** One turn of the re-timer. The power fails at its n-th file operation, before or after it was done. */
  turn(failAt?: number): Promise<void>;
  /** Operations of the last turn. */
  readonly operations: number;
  /** What runs is started anew; captures live on. */
  restart(options?: Partial<RetimerOptions>): Promise<void>;
  rows(): Row[];
  /** Every file below `data/`, relative to the data folder. */
  files(): string[];
  markOf(path: string): number;
  stampOf(path: string): number;
  sha256Of(path: string): string;
}

export interface Row {
  readonly id: number;
  readonly run_id: string;
  readonly sequence: number;
  readonly time_ms: number;
  readonly original_time_ms: number | null;
  readonly retimed_at_ms: number | null;
  readonly clock_unsynced: 0 | 1;
  readonly local_deleted: 0 | 1;
  readonly raw_path: string;
  readonly processed_path: string;
  readonly raw_sha256: string | null;
  readonly processed_sha256: string | null;
}

class PowerCut extends Error {}

/**
 * A small world with a clock of its own: monotonic time is the truth, the wall clock is as wrong as it is set. Real
 * files, rows, indexer, watch and re-timer; in place of the recorder what it leaves behind.
 */
export async function retimedWorld(options: Partial<RetimerOptions> = {}): Promise<RetimedWorld> {
  const folder = indexedFolder();
  const { connection, bus, recorderDir, root } = folder;
  const clock = folder.clock as FakeClock;
  insertDevice(connection, 'mic', { workspace: 'mic' });
  const watched = watchedClock({ connection, bus, clock, synced: false });
  const epoch = clock.wallMs() - clock.monotonicMs();
  const trueNow = (): number => epoch + clock.monotonicMs();
  let watch = watched.watch;
  await watch.start();
  const runs = new RetimableRuns(recorderDir);
  const folderOf = (runId: string) => runFolderAt(join(recorderDir, 'mic'), runId);
  const segments: TrueSegment[] = [];
  let live: { record: RunRecord; frames: number; trueStartMs: number } | null = null;
  let runCount = 0;
  let operations = 0;
  let failAt = Infinity;

  /** Done, or not done, or done and then the power fails. */
  const op = async <T>(work: () => Promise<T>): Promise<T> => {
    operations += 1;
    const before = operations * 2;
    if (before >= failAt) throw new PowerCut();
    const result = await work();
    if (before + 1 >= failAt) throw new PowerCut();
    return result;
  };
  const disk: Disk = {
    exists: (path) => op(() => realDisk.exists(path)),
    rename: (from, to) =>
      op(async () => {
        if (existsSync(to)) throw new Error(`${to} would be overwritten`);
        await realDisk.rename(from, to);
      }),
    syncFolder: (path) => op(() => realDisk.syncFolder(path)),
    sizeOf: (path) => op(() => realDisk.sizeOf(path)),
    writeDurably: (path, content) => op(() => realDisk.writeDurably(path, content)),
  };

  const archive: RunArchive = {
    list: () => runs.list(),
    read: (key) => runs.read(key),
    segment: (key, sequence) => runs.segment(key, sequence),
    ledgerParts: (key) => runs.ledgerParts(key),
    remember: (key, segment) => op(() => runs.remember(key, segment)),
    shift: (runId, deltaMs) => op(() => shift(runId, deltaMs)),
  };

  const newRetimer = (more: Partial<RetimerOptions> = {}): Retimer =>
    new Retimer({
      connection,
      clock,
      bus,
      logger: folder.logger,
      dataRoot: root,
      archive,
      bootId: () => Promise.resolve('boot-1'),
      correctionOf: (anchor) => watch.correctionOf(anchor),
      restamp: (path, startMs) => op(() => Promise.resolve(stampFile(path, startMs))),
      whileNotIndexing: (work) => world.indexer.whileNotIndexing(work),
      diskUsable: () => true,
      disk,
      ...options,
      ...more,
    });

  const shift = async (runId: string, deltaMs: number): Promise<void> => {
    if (live?.record.runId !== runId || live.record.anchor === null) return;
    const { anchor } = live.record;
    const record = {
      ...live.record,
      anchor: { ...anchor, wallMs: anchor.wallMs + deltaMs, synced: true },
    };
    await writeRunRecord(folderOf(runId), record);
    live = { ...live, record };
  };

  const world: RetimedWorld = {
    folder,
    watched,
    clock,
    segments,
    archive,
    indexer: folder.indexer,
    retimer: null as unknown as Retimer,
    get operations() {
      return operations;
    },
    setWrong: async (errorMs) => {
      watched.setSynced(false);
      clock.stepWall(trueNow() + errorMs - clock.wallMs());
      await clock.advance(1_000);
    },
    synchronise: async () => {
      clock.stepWall(trueNow() - clock.wallMs());
      watched.setSynced(true);
      await clock.advance(1_000);
    },
    pass: (ms) => clock.advance(ms),
    begin: async ({ synced = watch.synced(), bootId = 'boot-1' } = {}) => {
      await world.end();
      runCount += 1;
      const runId = runCount.toString(16).padStart(8, '0');
      await clock.advance(100);
      const record: RunRecord = {
        version: 1,
        runId,
        device: { name: 'mic', displayName: 'mic', simulated: false },
        config: {
          device: 'mic',
          workspace: 'mic',
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
        configHash: '',
        process: null,
        startedWallMs: clock.wallMs(),
        startedMonotonicMs: clock.monotonicMs(),
        bootId,
        anchor: {
          wallMs: clock.wallMs() + 0.25,
          monotonicMs: clock.monotonicMs() + 0.25,
          source: 'input',
          synced,
        },
        ended: null,
      };
      await writeRunRecord(folderOf(runId), record);
      live = { record, frames: 0, trueStartMs: trueNow() + 0.25 };
      bus.emit('run.anchored', {
        device: 'mic',
        runId,
        bootId,
        synced,
        wallMs: record.anchor!.wallMs,
        monotonicMs: record.anchor!.monotonicMs,
      });
      return runId;
    },
    record: async (count = 1) => {
      for (let n = 0; n < count; n += 1) {
        if (live === null) return;
        await clock.advance((SEGMENT_FRAMES / RATE) * 1000);
        const { record, frames, trueStartMs } = live;
        const { runId, anchor } = record;
        if (anchor === null) throw new Error('a run that has no anchor');
        const sequence = frames / SEGMENT_FRAMES;
        const startWallMs = anchor.wallMs + (frames / RATE) * 1000;
        const durationS = SEGMENT_FRAMES / RATE;
        const fileName = formatSegmentName({ startMs: startWallMs, durationS, runId, sequence });
        const mark = segments.length + 1;
        await appendToLedger(folderOf(runId), {
          sequence,
          fileName,
          firstFrame: frames,
          frames: SEGMENT_FRAMES,
          sampleRateHz: RATE,
          startWallMs,
          clockSynced: anchor.synced,
        });
        for (const stream of STREAMS) {
          const path = join(recorderDir, 'mic/data', stream, fileName);
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, markedWav(mark, stream));
        }
        segments.push({
          runId,
          sequence,
          trueMs: trueStartMs + (frames / RATE) * 1000,
          mark,
          deleted: false,
        });
        live.frames += SEGMENT_FRAMES;
      }
    },
    end: async () => {
      if (live === null) return;
      const ended = { wallMs: clock.wallMs(), why: 'stopped' };
      const { runId } = live.record;
      await writeRunRecord(folderOf(runId), { ...live.record, ended });
      live = null;
      const told = { endWallMs: ended.wallMs, reason: 'unknown', detail: '' } as const;
      bus.emit('run.ended', { device: 'mic', runId, ...told });
    },
    index: async () => {
      await world.indexer.sweep(true);
      const update = connection.sqlite.prepare(
        'update recordings set raw_sha256 = coalesce(raw_sha256, ?), processed_sha256 = coalesce(processed_sha256, ?) where id = ?',
      );
      for (const row of world.rows()) {
        if (row.local_deleted === 1) continue;
        const paths = [row.raw_path, row.processed_path];
        if (!paths.every((path) => existsSync(join(root, path)))) continue;
        update.run(...paths.map((path) => world.sha256Of(path)), row.id);
      }
    },
    turn: async (cutAt = Infinity) => {
      operations = 0;
      failAt = cutAt;
      try {
        await world.retimer.turn();
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      } finally {
        failAt = Infinity;
      }
    },
    restart: async (more = {}) => {
      await watch.stop();
      watch = watched.again();
      await watch.start();
      if (live !== null) {
        const record = await readRunRecord(folderOf(live.record.runId));
        if (record === null) throw new Error('the record of a live run is gone');
        live = { ...live, record };
      }
      world.indexer = folder.again();
      world.retimer = newRetimer(more);
    },
    rows: () =>
      connection.sqlite
        .prepare<[], Row>('select * from recordings order by run_id, sequence, id')
        .all(),
    files: () =>
      STREAMS.flatMap((stream) => {
        const below = join('recorder/mic/data', stream);
        if (!existsSync(join(root, below))) return [];
        return readdirSync(join(root, below)).map((name) => `${below}/${name}`);
      }),
    markOf: (path) => readFileSync(join(root, path)).readInt16LE(44),
    stampOf: (path) => readFileSync(join(root, path)).readDoubleLE(48),
    sha256Of: (path) =>
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
  };
  world.retimer = newRetimer();
  return world;
}

/** Takes the files of a segment away, as the janitor does. */
export function removeFiles(world: RetimedWorld, row: Row): void {
  for (const path of [row.raw_path, row.processed_path]) {
    rmSync(join(world.folder.root, path));
  }
  world.folder.connection.sqlite
    .prepare('update recordings set local_deleted = 1 where id = ?')
    .run(row.id);
  const segment = world.segments.find(
    ({ runId, sequence }) => runId === row.run_id && sequence === row.sequence,
  );
  if (segment !== undefined) segment.deleted = true;
}

function markedWav(mark: number, stream: Stream): Buffer {
  const bytes = plainWav(SEGMENT_FRAMES, RATE);
  bytes.writeInt16LE(mark, 44);
  bytes.writeInt16LE(stream === 'raw' ? 1 : 2, 46);
  bytes.writeDoubleLE(0, 48);
  return bytes;
}

/** In place of metadata: a few samples. */
function stampFile(path: string, startMs: number): boolean {
  const bytes = readFileSync(path);
  if (bytes.readDoubleLE(48) === startMs) return false;
  bytes.writeDoubleLE(startMs, 48);
  writeFileSync(path, bytes);
  return true;
}
