import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import { dataFolderAt, prepareDataFolder } from '@main/data-folder';
import { connect, type Connection } from '@main/database/connection';
import { applyMigrations } from '@main/database/migrate';
import { createEventBus } from '@main/events/bus';
import { formatSegmentName } from '@main/files/segment-name';
import { compareRowsWithFiles } from '@main/indexer/audit-comparison';
import { Indexer } from '@main/indexer/indexer';
import { LedgerReader } from '@main/recorder/ledger-reader';
import { RetimableRuns } from '@main/recorder/retimable-runs';
import { runFolderAt, type RunRecord, writeRunRecord } from '@main/recorder/run-files';
import { SegmentPromoter } from '@main/recorder/segment-promoter';
import { makeWorkspace, workspaceAt } from '@main/recorder/workspace';
import { Retimer } from '@main/retiming/retimer';
import { longestStretch } from '../../support/longest-stretch';
import { recordingLogger } from '../../support/recording-logger';
import { insertDevice } from '../../support/sample-rows';
import { plainWav } from '../../support/wav-bytes';
import type { SeasonMeasurement } from '../season-measurement';
import { threadUrl } from '../../support/threads';

// A station that was left alone for ninety days, its capture of ten-second segments never interrupted.
const SEGMENTS = (90 * 86_400) / 10;
const KNOWN_PER_WORKSPACE = 100_000;
const WORKSPACES = ['mic', 'mic-2'] as const;
/** Recorded before the clock was set. */
const UNSYNCED = SEGMENTS / 10;
const RUN = 'aaaaaaaa';
const START_MS = Date.UTC(2026, 4, 1);
const HOUR = 3_600_000;
/** The main loop belongs to others again after so many milliseconds. */
const LONGEST_MS = 20;

const folder = mkdtempSync(join(tmpdir(), 'silvasonic-season-'));
const dataFolder = dataFolderAt(folder);
const { recorderDir } = dataFolder;
const run = runFolderAt(join(recorderDir, 'mic'), RUN);
let connection: Connection;

const record: RunRecord = {
  version: 1,
  runId: RUN,
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
  startedWallMs: START_MS,
  startedMonotonicMs: 0,
  bootId: 'boot',
  anchor: { wallMs: START_MS, monotonicMs: 0, source: 'input', synced: true },
  ended: null,
};

const nameOf = (sequence: number): string =>
  formatSegmentName({ startMs: START_MS + sequence * 10_000, durationS: 10, runId: RUN, sequence });

function entryOf(sequence: number): Record<string, unknown> {
  return {
    sequence,
    fileName: nameOf(sequence),
    firstFrame: sequence * 480_000,
    frames: 480_000,
    sampleRateHz: 48_000,
    startWallMs: START_MS + sequence * 10_000 + 0.25,
    clockSynced: sequence >= UNSYNCED,
    recovered: false,
  };
}

function writeLines(file: string, line: (n: number) => string): void {
  const handle = openSync(file, 'w');
  for (let first = 0; first < SEGMENTS; first += 10_000) {
    let text = '';
    for (let n = first; n < Math.min(first + 10_000, SEGMENTS); n += 1) text += line(n);
    writeSync(handle, text);
  }
  closeSync(handle);
}

/** Heap and buffers, bytes, after the collector has been. */
async function memory(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let n = 0; n < 3; n += 1) {
    collect();
    await nextTurn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const measurements: SeasonMeasurement[] = [];

/** Told, and held to its bound where it has one. */
function measured(
  name: string,
  what: string,
  unit: SeasonMeasurement['unit'],
  value: number,
  atMost: number | null = null,
): void {
  measurements.push({ name, what, unit, value, atMost });
  process.stdout.write(`  season.${name}: ${value.toFixed(2)} ${unit} (${what})\n`);
  // Softly: what is missed is no reason not to measure the rest.
  if (atMost !== null) expect.soft(value, what).toBeLessThanOrEqual(atMost);
}

beforeAll(async () => {
  await prepareDataFolder(dataFolder);
  for (const workspace of WORKSPACES) await makeWorkspace(workspaceAt(recorderDir, workspace));
  await writeRunRecord(run, record);
  writeLines(run.ledgerFile, (n) => `\n${JSON.stringify(entryOf(n))}\n`);
  for (const list of [run.rawList, run.processedList]) {
    writeLines(list, (n) => {
      const name = `${RUN}_${String(n).padStart(8, '0')}.wav`;
      return `${name},${(n * 10).toFixed(6)},${(n * 10 + 10).toFixed(6)}\n`;
    });
  }
  connection = connect(join(folder, 'station.db'));
  applyMigrations(connection, resolve(import.meta.dirname, '../../../main/database/migrations'));
  const insert = connection.sqlite.prepare(
    `insert into recordings (device, time_ms, duration_s, run_id, sequence, first_frame, raw_path, raw_size_bytes,
       raw_sample_rate_hz, raw_channels, raw_bits_per_sample, raw_frames, raw_sha256, signal, indexed_at_ms)
     values (?, ?, 10, ?, ?, ?, ?, 960044, 48000, 1, 16, 480000, ?, '{}', 0)`,
  );
  for (const workspace of WORKSPACES) {
    insertDevice(connection, workspace, { workspace });
    const below = `recorder/${workspace}/data/raw`;
    connection.sqlite.transaction(() => {
      for (let n = 0; n < KNOWN_PER_WORKSPACE; n += 1) {
        const name = nameOf(n);
        const timeMs = START_MS + n * 10_000;
        insert.run(workspace, timeMs, RUN, n, n * 480_000, `${below}/${name}`, 'f'.repeat(64));
        closeSync(openSync(join(folder, below, name), 'w'));
      }
    })();
  }
  // Of a station that was left alone the log is short: to cut one of 200,000 rows is nobody's stretch.
  connection.sqlite.pragma('wal_checkpoint(TRUNCATE)');
}, 900_000);

afterAll(() => {
  const file = process.env['SILVASONIC_SEASON_FILE'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(measurements));
  connection.sqlite.close();
  rmSync(folder, { recursive: true, force: true });
}, 600_000);

describe('after a season', () => {
  it('a capture is taken over without reading what it did all the time', async () => {
    const workspace = workspaceAt(recorderDir, 'mic');
    for (const stream of ['raw', 'processed'] as const) {
      for (const n of [SEGMENTS - 1, SEGMENTS]) {
        const name = `${RUN}_${String(n).padStart(8, '0')}.wav`;
        writeFileSync(join(workspace.buffer[stream], name), plainWav(480));
      }
    }
    const promoter = new SegmentPromoter({
      config: record.config,
      runId: RUN,
      device: record.device,
      folder: run,
      workspace,
      anchor: () => record.anchor!,
      ffmpeg: 'ffmpeg',
      describe: () => new Map(),
      bus: createEventBus(),
      logger: recordingLogger(),
    });
    const before = await memory();
    const startedAt = performance.now();
    const stretch = await longestStretch(() => promoter.resume());
    const tookMs = performance.now() - startedAt;
    const grown = (await memory()) - before;
    measured('adoption', 'longest stretch of the main loop', 'ms', stretch, LONGEST_MS);
    measured('adoption.time', 'until it goes on where it was', 'ms', tookMs);
    measured('adoption.memory', 'what it holds then', 'MB', grown / 1e6, 1);
    expect(promoter.openSequence).toBe(SEGMENTS);
    expect(promoter.openFirstFrame).toBe(SEGMENTS * 480_000);
    expect(promoter.counts.frames).toBe(SEGMENTS * 480_000);
    rmSync(workspace.buffer.raw, { recursive: true });
    rmSync(workspace.buffer.processed, { recursive: true });
  });

  it('a segment that nobody told of is looked up without holding up anybody', async () => {
    const ledger = new LedgerReader(recorderDir);
    const before = await memory();
    const asked = { newest: SEGMENTS - 1, oldest: 5, middle: SEGMENTS / 2, none: SEGMENTS + 7 };
    for (const [which, sequence] of Object.entries(asked)) {
      const startedAt = performance.now();
      const stretch = await longestStretch(async () => {
        const entry = await ledger.segment('mic', RUN, sequence);
        expect(entry).toEqual(sequence < SEGMENTS ? entryOf(sequence) : null);
      });
      const tookMs = performance.now() - startedAt;
      const what = `longest stretch of the main loop, the ${which} segment`;
      measured(`lookup.${which}`, what, 'ms', stretch, LONGEST_MS);
      measured(`lookup.${which}.time`, 'until the answer', 'ms', tookMs);
    }
    const grown = (await memory()) - before;
    measured('lookup.memory', 'what is held of the ledger then', 'MB', grown / 1e6, 3);
  });

  it('files that have their row cost the sweep next to nothing', async () => {
    const ledger = new LedgerReader(recorderDir);
    const indexer = new Indexer({
      connection,
      clock: systemClock,
      bus: createEventBus(),
      logger: recordingLogger(),
      dataRoot: folder,
      recorderDir,
      sha256WorkerUrl: threadUrl('sha256-worker'),
      headWorkerUrl: threadUrl('head-worker'),
      pollIntervalS: () => 3600,
      ownerOf: (workspace) => Promise.resolve({ device: workspace, simulated: false }),
      segmentFacts: (workspace, runId, sequence) => ledger.segment(workspace, runId, sequence),
    });
    const before = await memory();
    const first = await longestStretch(() => indexer.sweep(true));
    const bytes = ((await memory()) - before) / (WORKSPACES.length * KNOWN_PER_WORKSPACE);
    expect(indexer.status().counters['total_indexed']).toBe(0);
    const least = 'longest stretch of the main loop';
    measured(
      'sweep.first',
      `${least}, the first sweep over 200,000 files`,
      'ms',
      first,
      LONGEST_MS,
    );
    measured('sweep.memory', 'bytes held per known file', 'bytes', bytes, 16);

    const raw = join(recorderDir, 'mic/data/raw');
    let [next, tookS, spentS] = [SEGMENTS - 50, Infinity, Infinity];
    const bring = (): void => {
      for (let n = 0; n < 10; n += 1) writeFileSync(join(raw, nameOf((next += 1))), plainWav(480));
    };
    bring();
    const stretch = await longestStretch(() => indexer.sweep(false));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      bring();
      const startedAt = performance.now();
      const cpu = process.cpuUsage();
      await indexer.sweep(false);
      const { user, system } = process.cpuUsage(cpu);
      spentS = Math.min(spentS, (user + system) / 1e6);
      tookS = Math.min(tookS, (performance.now() - startedAt) / 1000);
    }
    expect(indexer.status().counters['total_indexed']).toBe(40);
    const what = '100,000 known files and 10 new ones';
    measured('sweep', `${least}, ${what}`, 'ms', stretch, LONGEST_MS);
    // Of the processor: this machine may have other things to do.
    measured('sweep.cpu', `${what}, best of three`, 's', spentS, 0.3);
    measured('sweep.time', `${what}, best of three`, 's', tookS);
  });

  it('rows and files are compared without holding up anybody', async () => {
    const workerUrl = threadUrl('audit-worker');
    const order = { databaseFile: connection.sqlite.name, dataRoot: folder };
    const compare = () => compareRowsWithFiles(workerUrl, order, new AbortController().signal);
    const startedAt = performance.now();
    const compared = await compare();
    const tookS = (performance.now() - startedAt) / 1000;
    const files = WORKSPACES.length * KNOWN_PER_WORKSPACE + 40;
    expect(compared).toMatchObject({ rows: files });
    expect(compared?.missing).toHaveLength(0);
    const stretch = await longestStretch(compare);
    const what = '200,000 rows against as many files';
    measured('audit', `longest stretch of the main loop, ${what}`, 'ms', stretch, LONGEST_MS);
    measured('audit.time', what, 's', tookS);
  });

  it('a turn of the re-timer costs what is to be corrected, and the end of its run holds up nobody', async () => {
    const runs = new RetimableRuns(recorderDir);
    const journal = {
      version: 1,
      runs: [{ workspace: 'mic', runId: RUN, device: 'mic', deltaMs: HOUR }],
    };
    writeFileSync(join(folder, 'retiming.json'), JSON.stringify(journal));
    const console = (): Retimer =>
      new Retimer({
        connection,
        clock: systemClock,
        bus: createEventBus(),
        logger: recordingLogger(),
        dataRoot: folder,
        archive: {
          list: () => runs.list(),
          read: (key) => runs.read(key),
          segment: (key, sequence) => runs.segment(key, sequence),
          ledgerParts: (key) => runs.ledgerParts(key),
          remember: (key, segment) => runs.remember(key, segment),
          shift: () => Promise.resolve(),
        },
        bootId: () => Promise.resolve('boot'),
        correctionOf: () => null,
        restamp: () => Promise.resolve(false),
        whileNotIndexing: async (work) => {
          await work();
        },
        diskUsable: () => true,
      });
    let retimer = console();
    const sequence = 5_000;
    connection.sqlite
      .prepare("update recordings set clock_unsynced = 1 where device = 'mic' and sequence = ?")
      .run(sequence);
    const timed = async (name: string, what: string): Promise<void> => {
      const startedAt = performance.now();
      const stretch = await longestStretch(() => retimer.turn());
      const tookMs = performance.now() - startedAt;
      measured(name, `longest stretch of the main loop, ${what}`, 'ms', stretch, LONGEST_MS);
      measured(`${name}.time`, what, 'ms', tookMs);
    };
    await timed('retiming', 'one recording of the first days is corrected');
    const row = connection.sqlite.prepare(
      "select time_ms, clock_unsynced, raw_path from recordings where device = 'mic' and sequence = ?",
    );
    const timeMs = START_MS + sequence * 10_000 + HOUR;
    const name = formatSegmentName({ startMs: timeMs, durationS: 10, runId: RUN, sequence });
    expect(row.get(sequence)).toEqual({
      time_ms: timeMs,
      clock_unsynced: 0,
      raw_path: `recorder/mic/data/raw/${name}`,
    });
    await timed('retiming.idle', 'a turn without work');
    expect(retimer.status().counters['runs_pending']).toBe(1);
    await writeRunRecord(run, { ...record, ended: { wallMs: 0, why: 'stopped' } });
    retimer = console();
    await timed('retiming.end', 'the end of its run');
    expect(retimer.status().counters['runs_pending']).toBe(0);
  });
});
